namespace Gpu.Kernels.Ops;

/// <summary>A number that an optimizer's formula takes beside rate, momentum and decay, as <c>adam:beta2=0.99</c> names it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Trial">Another value, which the cases try as well.</param>
/// <param name="Least">The least value.</param>
/// <param name="Below">What values are below; <see cref="Least"/> itself is allowed.</param>
public sealed record OptimizerSetting(string Name, double Default, double Trial, double Least = 0, double Below = 1)
{
    /// <summary>A switch: 0 for off, 1 for on, and on where it is only named.</summary>
    public static OptimizerSetting Switch(string name) => new(name, 0, 1, 0, 2);

    /// <summary>Whether it is on or off, and nothing between.</summary>
    public bool IsSwitch => Below == 2;

    /// <summary>Whether a value is one of the setting's.</summary>
    public bool Takes(double value) => IsSwitch ? value is 0 or 1 : value >= Least && value < Below;

    /// <summary>What it takes, for messages.</summary>
    public string Expected => IsSwitch ? $"{Name} or {Name}=0" : $"{Name} from {Least} to below {Below}";
}
