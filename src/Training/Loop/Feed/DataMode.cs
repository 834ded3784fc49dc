namespace Gpu.Training.Loop;

/// <summary>Where the training samples are while the device works.</summary>
public enum DataMode
{
    /// <summary>Resident where the run fits the device so, else streamed: see <see cref="MemoryPlan"/>.</summary>
    Auto,

    /// <summary>The whole data set goes to the device once, as bytes.</summary>
    Resident,

    /// <summary>The host fills the next batch while the device works on this one.</summary>
    Streamed,
}
