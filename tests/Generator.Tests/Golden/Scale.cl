#define Scale_Slope 0.01f

// Test.cs, line 16
FUNCTION float Scale_Leaky(float a)
{
    return a > 0.0f ? a : Scale_Slope * a;
}

// Test.cs, line 6
__kernel void Scale_ScaleKernel(
    __global float* x_buffer,
    const int x_offset,
    const int x_length,
    const float s,
    const int count,
    __global float* y_buffer,
    const int y_offset,
    const int y_length,
    const int extent_x)
{
    __global float* x = x_buffer + x_offset;
    __global float* y = y_buffer + y_offset;
    const int i = (int)get_global_id(0);
    if (i >= extent_x)
    {
        return;
    }

    if (i >= count)
    {
        return;
    }
    y[i] = Scale_Leaky(s * x[i]);
}
