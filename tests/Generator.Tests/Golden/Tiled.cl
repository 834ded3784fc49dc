
// Test.cs, line 44
FUNCTION float Tiled_Load(__global float* matrix, int matrix_length, int row, int column, int rows, int columns)
{
    return row < rows && column < columns ? matrix[row * columns + column] : 0.0f;
}

// Test.cs, line 16
__kernel void Tiled_MultiplyKernel_Tile8(
    __global float* a_buffer,
    const int a_offset,
    const int a_length,
    __global float* b_buffer,
    const int b_offset,
    const int b_length,
    const int m,
    const int k,
    const int n,
    __global float* c_buffer,
    const int c_offset,
    const int c_length)
{
    __global float* a = a_buffer + a_offset;
    __global float* b = b_buffer + b_offset;
    __global float* c = c_buffer + c_offset;
    SHARED_ARRAY float aTile[64];
    SHARED_ARRAY float bTile[64];
    int column = (int)((uint)get_group_id(0) * 8u + (uint)get_local_id(0));
    int row = (int)((uint)get_group_id(1) * 8u + (uint)get_local_id(1));
    int place = (int)((uint)get_local_id(1) * 8u + (uint)get_local_id(0));
    float sum = 0.0f;
    for (int start = 0; start < k; start += 8)
    {
        aTile[place] = Tiled_Load(a, a_length, row, (int)((uint)start + (uint)get_local_id(0)), m, k);
        bTile[place] = Tiled_Load(b, b_length, (int)((uint)start + (uint)get_local_id(1)), column, k, n);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int j = 0; j < 8; j++)
        {
            sum = fma(aTile[(int)get_local_id(1) * 8 + j], bTile[j * 8 + (int)get_local_id(0)], sum);
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    }
    if (row < m && column < n)
    {
        c[row * n + column] = sum;
    }
}
