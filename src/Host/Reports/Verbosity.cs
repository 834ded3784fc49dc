namespace Gpu.Host.Reports;

/// <summary>How much is said on standard error.</summary>
internal enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>Errors and warnings.</summary>
    Minimal,

    /// <summary>Also what is being done, with progress.</summary>
    Normal,

    /// <summary>Also every setting, resolved.</summary>
    Detailed,

    /// <summary>Also stack traces.</summary>
    Diagnostic,
}
