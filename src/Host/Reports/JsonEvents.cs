using System.Text.Json;
using Gpu.Host.Runs;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>The events of a training run as JSON lines. Names and order of the keys are a contract: scripts depend on them.</summary>
internal sealed class JsonEvents(Stream output) : ITrainingReport
{
    private readonly JsonLine _line = new(output);

    public void Start(RunStart start) => _line.Write(json =>
    {
        json.WriteString("event", "start");
        json.WriteString("device", start.Device);
        json.WriteNumber("parameters", start.Parameters);
    });

    public void Progress(int epoch, int samples)
    {
        // A line an epoch is what readers of events want.
    }

    public void Epoch(EpochReport epoch) => _line.Write(json =>
    {
        json.WriteString("event", "epoch");
        json.WriteNumber("epoch", epoch.Epoch);
        json.Number("train_loss", epoch.Train.Loss);
        json.Number(epoch.Train.Deviation is null ? "train_accuracy" : "train_rmse", epoch.Train.Deviation is null ? epoch.Train.Accuracy : epoch.Train.Rmse);
        WriteScore(json, "validation", epoch.Validation);
        WriteScore(json, "test", epoch.Test);
        json.Number("train_seconds", epoch.TrainSeconds);
        json.Number("samples_per_second", epoch.SamplesPerSecond);
        json.Number("learning_rate", epoch.LearningRate);
    });

    public void End(RunEnd end) => _line.Write(json =>
    {
        json.WriteString("event", end.Stopped ? "stopped" : "finished");
        json.WriteNumber("epochs", end.Epochs);
        if (end.Last?.Test is { } test)
        {
            json.Number(test.Deviation is null ? "test_accuracy" : "test_rmse", test.Deviation is null ? test.Accuracy : test.Rmse);
            json.Number("test_loss", test.Loss);
        }

        json.Number("train_seconds", end.TrainSeconds);
        json.WriteString("model", end.Model);
        if (end.Judged.Count > 0)
        {
            json.WriteStartArray("judged");
            foreach (var judged in end.Judged)
            {
                WriteJudged(json, judged);
            }

            json.WriteEndArray();
        }
    });

    private static void WriteJudged(Utf8JsonWriter json, PartScore judged)
    {
        json.WriteStartObject();
        json.WriteString("part", judged.Part);
        json.WriteNumber("samples", judged.Classes?.Count ?? judged.Quantity!.Count);
        json.WriteBoolean("chose_epoch", judged.IsChosenBy);
        if (judged.Classes is { } classes)
        {
            json.Number("accuracy", classes.Accuracy);
            ScoreText.Write(json, classes);
        }
        else
        {
            ScoreText.Write(json, judged.Quantity!);
        }

        json.WriteEndObject();
    }

    private static void WriteScore(Utf8JsonWriter json, string part, Evaluation? evaluation)
    {
        if (evaluation is { } score)
        {
            json.Number($"{part}_loss", score.Loss);
            if (score.Deviation is not null)
            {
                json.Number($"{part}_rmse", score.Rmse);
                return;
            }

            json.Number($"{part}_accuracy", score.Accuracy);
            json.WriteNumber($"{part}_correct", score.Correct);
        }
    }
}
