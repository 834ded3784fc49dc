namespace Gpu.Training.Schedules;

/// <summary>What a schedule that looks at losses carries from epoch to epoch; a checkpoint has it.</summary>
/// <param name="Lowest">The lowest loss so far; null before the first epoch.</param>
/// <param name="Waited">Epochs in a row that were no better.</param>
/// <param name="Reductions">How often the rate was lowered.</param>
public readonly record struct ScheduleState(double? Lowest, int Waited, int Reductions);
