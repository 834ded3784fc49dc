using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What a run that goes on must agree with: its recipe, its checkpoint, its data.</summary>
internal static class ResumedRun
{
    private const string OnNan = "on-nan";

    /// <summary>Settings that may be given with <c>--resume</c>: none of them changes what the run computes, but how far it goes.</summary>
    private static readonly string[] _free = ["epochs", "device", "threads", "data", "test-data", "began-in", "data-mode", OnNan, "early-stop"];

    /// <summary>What decides on the network, and stays even where a new run begins with the weights of this one.</summary>
    private static readonly string[] _network = ["hidden", "activation", "layers", "output-activation", "loss", "head"];

    /// <summary>Checks that no other folder or model was named.</summary>
    /// <exception cref="TrainingException">One was.</exception>
    internal static void RequireNoPlace(TrainRequest request)
    {
        var given = request.From is not null ? "--from" : request.Out is not null ? "--out" : null;
        if (given is not null)
        {
            throw TrainingException.BadUsage(
                $"{given} cannot go with --resume, which goes on with the run in its folder: leave it out, or begin a new run with --from {request.Resume}.");
        }
    }

    /// <summary>Checks that no option was given that a run cannot change on its way.</summary>
    /// <exception cref="TrainingException">One was; the difference is named.</exception>
    internal static void RequireFree(TrainRequest request, Recipe recipe)
    {
        if (RecipeKeys.All.FirstOrDefault(key => request.Settings.Contains(key.Name) && !_free.Contains(key.Name)) is not { } given)
        {
            return;
        }

        var has = given.Write(recipe) ?? "none";
        var asked = given.Write(request.Settings.ToRecipe(recipe)) ?? "none";
        var advice = _network.Contains(given.Name) ? "begin a new run without --resume" : $"begin a new run with --from {request.Resume}";
        throw TrainingException.BadUsage(
            $"--{given.Name} cannot go with --resume, which goes on with the settings of the run: the run has {has}, {asked} was asked: "
            + $"leave it out, or {advice}.");
    }

    /// <summary>The checkpoint to go on from.</summary>
    /// <exception cref="TrainingException">It is damaged: the newest whole one is named, where there is one, and how to go on from it.</exception>
    internal static Checkpoint LoadCheckpoint(RunFolder folder)
    {
        var place = folder[RunFolder.CheckpointsName];
        try
        {
            return CheckpointFolder.LoadLast(place);
        }
        catch (TrainingException damage) when (CheckpointFolder.FindWhole(place) is { } whole)
        {
            var progress = whole.Checkpoint.Progress;
            var step = progress.Position.Step > 0 ? $" and step {progress.Position.Step:N0}" : "";

            // The damaged file may have other names, by which the copy would be written too.
            var last = Path.Combine(place, CheckpointFolder.LastName);
            throw TrainingException.BadModelFile(
                $"{damage.Message.TrimEnd('.')}; the newest whole checkpoint is {Path.GetFileName(whole.Path)}, after epoch {progress.Epoch:N0}{step}: to go on "
                + $"from that, put it in the place of the damaged one (rm {TrainRequest.Quote(last)} && cp {TrainRequest.Quote(whole.Path)} {TrainRequest.Quote(last)}).", damage);
        }
    }

    /// <summary>The recipe of the run, with the options over it.</summary>
    /// <exception cref="TrainingException">Its recipe is not that of its checkpoint, or it is to end before where it stands.</exception>
    internal static Recipe Recipe(RunFolder folder, Checkpoint checkpoint, RecipeSettings options)
    {
        var path = folder[RunFolder.RecipeName];

        // Without the file the run was killed while it took the place of another: the checkpoint holds the recipe too.
        var stored = File.Exists(path) ? RecipeFile.Load(path).ToRecipe() : checkpoint.Recipe;
        RequireSameNetwork(stored, checkpoint, path);
        var changed = RecipeKeys.All.FirstOrDefault(key => key.Name != "note" && !_free.Contains(key.Name) && key.Write(stored) != key.Write(checkpoint.Recipe));
        if (changed is not null)
        {
            throw TrainingException.BadUsage(
                $"{path}: {changed.Name} is {changed.Write(stored) ?? "none"}, the run was made with {changed.Write(checkpoint.Recipe) ?? "none"}: "
                + $"put that back, or begin a new run with --from {folder.Path}.");
        }

        var recipe = options.ToRecipe(stored);
        RequireSameSteps(recipe, checkpoint.Recipe);
        var behind = checkpoint.Progress.Epoch + (checkpoint.Progress.Position.Step > 0 ? 1 : 0);
        return recipe.Epochs >= behind ? recipe : throw TrainingException.BadUsage(
            $"--epochs {recipe.Epochs}: expected at least {behind}, because the run {folder.Path} has come as far: give a larger number.");
    }

    /// <summary>Whether there is nothing left to do.</summary>
    internal static bool IsFinished(RunFolder folder, Checkpoint checkpoint, Recipe recipe) =>
        (checkpoint.Progress.Epoch >= recipe.Epochs || recipe.EarlyStop?.Ends(checkpoint.Progress, recipe.EvalEvery) == true) && File.Exists(folder[RunFolder.ModelName]);

    /// <summary>How a run came to its end, and what extends it.</summary>
    internal static string HowFinished(Checkpoint checkpoint, Recipe recipe) => checkpoint.Progress.Epoch >= recipe.Epochs
        ? $"{recipe.Epochs:N0} of {recipe.Epochs:N0} epochs: a larger number of --epochs extends it"
        : $"stopped early after {checkpoint.Progress.Epoch:N0} of {recipe.Epochs:N0} epochs: a larger number of --early-stop, or none, extends it";

    /// <summary>What training goes on from.</summary>
    internal static TrainerState State(Checkpoint checkpoint) =>
        new(checkpoint.Model.Shape, checkpoint.Model.Parameters, checkpoint.Optimizer) { Average = checkpoint.Average };

    /// <summary>Checks that the samples are those that the run began with.</summary>
    /// <exception cref="TrainingException">They are not, and <c>--force</c> was not given.</exception>
    internal static void RequireSameData(TrainingData data, string hash, Checkpoint checkpoint, bool force, Messages messages)
    {
        if (hash == checkpoint.DataHash)
        {
            return;
        }

        var difference = $"{DataSource.Show(data.Spec)}: expected the samples that the run began with (SHA-256 {checkpoint.DataHash[..16]}...), found others ({hash[..16]}...)";
        if (!force)
        {
            throw TrainingException.BadData($"{difference}: name the old data with --data, or go on with these with --force.");
        }

        messages.Warn($"{difference}; going on with these, as --force says, so the result is that of neither data alone");
    }

    /// <summary>Checks that the epoch in which the checkpoint stands has as many steps.</summary>
    /// <exception cref="TrainingException">It has fewer: the file was made up, or the samples are others and fewer.</exception>
    internal static void RequirePlace(RunFolder folder, Checkpoint checkpoint, int stepsPerEpoch)
    {
        if (checkpoint.Progress.Position.Step > stepsPerEpoch)
        {
            throw TrainingException.BadModelFile(
                $"{folder.Path}: expected a checkpoint within an epoch, which has {stepsPerEpoch:N0} steps of these samples, found one after step "
                + $"{checkpoint.Progress.Position.Step:N0}: the file is damaged or the samples are not those of the run.");
        }
    }

    /// <summary>Says where the run goes on, and what makes its bits differ from those of a run that never stopped.</summary>
    internal static void Introduce(RunFolder folder, Checkpoint checkpoint, RunSetup run, int stepsPerEpoch, Messages messages)
    {
        var (progress, origin) = (checkpoint.Progress, checkpoint.Model.Origin);
        var step = progress.Position.Step > 0 ? $" and step {progress.Position.Step:N0} of {stepsPerEpoch:N0}" : "";
        messages.Say($"resuming {folder.Path} after epoch {progress.Epoch:N0}{step}");
        if (run.DeviceName != checkpoint.DeviceName)
        {
            messages.Warn($"the run was on {checkpoint.DeviceName} and goes on on {run.DeviceName}: its bits will differ from those of a run on one device");
        }

        if (origin.ProgramVersion != ProgramVersion.Text)
        {
            messages.Warn($"the run was begun by version {origin.ProgramVersion} of this program, this is {ProgramVersion.Text}: its bits may differ");
        }
    }

    /// <summary>Steps that can be skipped are other steps: between stopping and restoring a run may change.</summary>
    private static void RequireSameSteps(Recipe recipe, Recipe before)
    {
        if (recipe.OnNan != before.OnNan && (recipe.OnNan == BadNumbers.Skip || before.OnNan == BadNumbers.Skip))
        {
            var key = RecipeKeys.Require(OnNan, OnNan);
            throw TrainingException.BadUsage(
                $"{OnNan} is {key.Write(recipe)}, the run was made with {key.Write(before)}: a run begins with skip or goes without, leave --{OnNan} out.");
        }
    }

    private static void RequireSameNetwork(Recipe stored, Checkpoint checkpoint, string path)
    {
        var shape = checkpoint.Model.Shape;
        if (shape.FirstDifference(stored.Shape(shape.Input, shape.Outputs, checkpoint.Model.Table?.Encoding)) is { } difference)
        {
            throw TrainingException.BadModelFile(
                $"{path}: expected the network of the checkpoint, {shape}, but {difference}: put the recipe back, or begin a new run.");
        }
    }
}
