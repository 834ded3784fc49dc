return Gpu.Host.CommandLine.GpuProgram.Run(args);
