using System.CommandLine;
using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices;

namespace Gpu.Host.CommandLine;

/// <summary>The options that choose a device, read and judged as the settings of a recipe are.</summary>
internal sealed class DeviceOptions
{
    private readonly RecipeOptions _settings = new("device", "threads");

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (var option in _settings.All)
        {
            command.Add(option);
        }
    }

    /// <summary>Checks that the device is there, before data is loaded for it.</summary>
    /// <exception cref="Training.TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there.</exception>
    internal void Check(ParseResult parse) => DeviceChoice.Check(_settings.Read(parse).ToRecipe().Device);

    /// <summary>Opens the device.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="work">What it is for; null where <c>auto</c> chooses without a look at the work.</param>
    /// <param name="messages">Told what <c>auto</c> chose, and why.</param>
    /// <param name="timed">Whether launches will be measured.</param>
    internal ComputeAccelerator Open(ParseResult parse, DeviceWork? work, Messages messages, bool timed = false)
    {
        var recipe = _settings.Read(parse).ToRecipe();
        return DeviceChoice.Open(recipe.Device, work, new AcceleratorOptions { Threads = recipe.Threads, Timed = timed, Say = messages.Insist }, messages.Say);
    }
}
