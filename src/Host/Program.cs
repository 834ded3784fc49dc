return Gpu.Host.GpuProgram.Run(args);
