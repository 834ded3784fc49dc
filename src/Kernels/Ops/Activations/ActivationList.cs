namespace Gpu.Kernels.Ops;

/// <summary>The activations there are, as type arguments. Kernels, twins, recipes, model files, help, cases and tests go through this list.</summary>
internal static class ActivationList
{
    /// <summary>Hands the activation's type to a visitor; kernels, too, may call it.</summary>
    internal static TResult Choose<TVisitor, TArgument, TResult>(Activation activation, TArgument argument)
        where TVisitor : struct, IActivationVisitor<TArgument, TResult> => activation switch
        {
            Activation.Relu => TVisitor.Visit<Relu>(argument),
            Activation.LeakyRelu => TVisitor.Visit<LeakyRelu>(argument),
            Activation.Sigmoid => TVisitor.Visit<Sigmoid>(argument),
            Activation.Tanh => TVisitor.Visit<Tanh>(argument),
            Activation.ScaledTanh => TVisitor.Visit<ScaledTanh>(argument),
            Activation.Elu => TVisitor.Visit<Elu>(argument),
            Activation.Selu => TVisitor.Visit<Selu>(argument),
            Activation.Softplus => TVisitor.Visit<Softplus>(argument),
            Activation.Silu => TVisitor.Visit<Silu>(argument),
            Activation.Gelu => TVisitor.Visit<Gelu>(argument),
            Activation.GeluTanh => TVisitor.Visit<GeluTanh>(argument),
            Activation.Mish => TVisitor.Visit<Mish>(argument),
            _ => TVisitor.Visit<Identity>(argument),
        };

    /// <summary>The type of an activation.</summary>
    internal static Type TypeOf(Activation activation) => Choose<TypeVisitor, int, Type>(activation, 0);

    /// <summary>The name that its file gives it.</summary>
    internal static string NameOf(Activation activation) => Choose<NameVisitor, int, string>(activation, 0);

    /// <summary>What its derivative is taken from.</summary>
    internal static SlopeSource SourceOf(Activation activation) => Choose<SourceVisitor, int, SlopeSource>(activation, 0);

    private readonly struct TypeVisitor : IActivationVisitor<int, Type>
    {
        public static Type Visit<TActivation>(int argument) where TActivation : struct, IActivationFunction => typeof(TActivation);
    }

    private readonly struct NameVisitor : IActivationVisitor<int, string>
    {
        public static string Visit<TActivation>(int argument) where TActivation : struct, IActivationFunction => TActivation.Name;
    }

    private readonly struct SourceVisitor : IActivationVisitor<int, SlopeSource>
    {
        public static SlopeSource Visit<TActivation>(int argument) where TActivation : struct, IActivationFunction => TActivation.From;
    }
}
