#define Parity_Odd 1
#define Parity_Even 0

typedef struct
{
    int Low;
    int High;
} Range;

// Test.cs, line 41
FUNCTION bool Histogram_Contains(Range range, int value)
{
    return value >= range.Low && value <= range.High;
}

// Test.cs, line 16
#ifndef Histogram_CountKernel_low
#define Histogram_CountKernel_low low_argument
#endif
__kernel void Histogram_CountKernel(
    __global uchar* values_buffer,
    const int values_offset,
    const int values_length,
    const int width,
    const int low_argument,
    __global int* counts_buffer,
    const int counts_offset,
    const int counts_length,
    __global uint* hash_buffer,
    const int hash_offset,
    const int hash_length,
    const int extent_x,
    const int extent_y)
{
    __global uchar* values = values_buffer + values_offset;
    const int low = Histogram_CountKernel_low;
    __global int* counts = counts_buffer + counts_offset;
    __global uint* hash = hash_buffer + hash_offset;
    const int2 index = MAKE_INT2((int)get_global_id(0), (int)get_global_id(1));
    if (index.x >= extent_x || index.y >= extent_y)
    {
        return;
    }

    Range range = (STRUCT(Range){ low, 200 });
    uchar value = values[index.y * width + index.x];
    if (!Histogram_Contains(range, value))
    {
        return;
    }
    int parity = (value & 1) == Parity_Odd ? Parity_Odd : Parity_Even;
    switch (parity)
    {
        case Parity_Odd:
        {
            atomic_add(&counts[Parity_Odd], 1);
            break;
        }
        default:
        {
            atomic_add(&counts[0], 1);
            break;
        }
    }
    int h = (int)((uint)index.x * 31u + (uint)((uint)index.y << (width & 31)));
    h = h ^ (int)((uint)h >> 3);
    atomic_xor(&hash[0], (uint)h);
}
