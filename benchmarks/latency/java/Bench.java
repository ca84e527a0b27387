// Times the generated Java library of the penguins from inside one JVM. Started by ../bench.py, which says what is compared.
//
// Arguments: rows file, folder for answers, how many rows (the first) are timed, milliseconds of warm-up, milliseconds of
// measuring, batch sizes with commas.
// Rows: one a line, six fields with tabs between; an empty field is missing, "?" is a text that the model never saw.
// Answers: <api>.txt, a line for each row: class index and probabilities. Times: JSON on stdout, nanoseconds of each call.

import com.acme.penguins.Features;
import com.acme.penguins.PenguinsModel;
import com.acme.penguins.Prediction;
import com.acme.penguins.Scorer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Single rows, lists and buffers; each call is timed by itself. */
public final class Bench {
  private static final int MOST_CALLS = 20_000;
  private static final int LEAST_CALLS = 5;

  private final List<Features> rows;
  private final long warmUpNanos;
  private final long measureNanos;
  private final List<String> runs = new ArrayList<>();
  // Every answer flows into this, and it is printed: the compiler cannot leave a call out.
  private double sink;

  private Bench(List<Features> rows, long warmUpNanos, long measureNanos) {
    this.rows = rows;
    this.warmUpNanos = warmUpNanos;
    this.measureNanos = measureNanos;
  }

  public static void main(String[] arguments) throws IOException {
    List<Features> rows = readRows(Path.of(arguments[0]));
    Path answers = Path.of(arguments[1]);
    Bench bench =
        new Bench(
            rows.subList(0, Integer.parseInt(arguments[2])),
            Long.parseLong(arguments[3]) * 1_000_000,
            Long.parseLong(arguments[4]) * 1_000_000);
    int[] sizes = Arrays.stream(arguments[5].split(",")).mapToInt(Integer::parseInt).toArray();
    long start = System.nanoTime();
    try (PenguinsModel model = PenguinsModel.load()) {
      long loaded = System.nanoTime() - start;
      answer(model, rows, answers);
      bench.single(model);
      for (int size : sizes) {
        if (size > 1) {
          bench.list(model, size);
        }
        bench.buffers(model, size);
      }
      System.out.printf(
          "{\"model_id\": \"%s\", \"runtime\": \"Java %s\", \"load_ns\": %d, \"sink\": \"%s\", \"runs\": [%s]}%n",
          PenguinsModel.MODEL_ID, System.getProperty("java.version"), loaded, bench.sink, String.join(",", bench.runs));
    }
  }

  /** One row through {@code predict(Features)}. */
  private void single(PenguinsModel model) {
    measure("single", 1, call -> model.predict(rows.get(call % rows.size())).probability()[0]);
  }

  /** Many rows through {@code predict(List)}. */
  private void list(PenguinsModel model, int size) {
    List<Features> batch = batch(size);
    measure("list", size, call -> model.predict(batch).get(size - 1).probability()[0]);
  }

  /** Many rows through a scorer: values into its buffers, run, every class index and probability out. */
  private void buffers(PenguinsModel model, int size) {
    List<Features> batch = batch(size);
    try (Scorer scorer = model.newScorer(size)) {
      int classes = PenguinsModel.PROBABILITY_CLASSES.size();
      measure(
          "buffers",
          size,
          call -> {
            fill(scorer, batch, size == 1 ? call % batch.size() : 0, size);
            scorer.run();
            double sum = 0;
            for (int row = 0; row < size; row++) {
              sum += scorer.labelIndex(row);
              for (int column = 0; column < classes; column++) {
                sum += scorer.probability(row, column);
              }
            }
            return sum;
          });
    }
  }

  private static void fill(Scorer scorer, List<Features> batch, int first, int count) {
    for (int row = 0; row < count; row++) {
      Features values = batch.get(first + row);
      scorer.setBillLengthMm(row, values.billLengthMm());
      scorer.setBillDepthMm(row, values.billDepthMm());
      scorer.setFlipperLengthMm(row, values.flipperLengthMm());
      scorer.setBodyMassG(row, values.bodyMassG());
      scorer.setIsland(row, values.island());
      scorer.setSex(row, values.sex());
    }
  }

  /** The rows again and again until there are enough; single rows take turns in all of them. */
  private List<Features> batch(int size) {
    int count = Math.max(size, rows.size());
    return IntStream.range(0, count).mapToObj(i -> rows.get(i % rows.size())).collect(Collectors.toList());
  }

  private void measure(String api, int size, IntFunction<Double> call) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + warmUpNanos;
    int turn = 0;
    do {
      sink += call.apply(turn++ & Integer.MAX_VALUE);
    } while (System.nanoTime() < end);
    long[] nanos = new long[MOST_CALLS];
    int count = 0;
    long cpu = threads.getCurrentThreadCpuTime();
    end = System.nanoTime() + measureNanos;
    while (count < LEAST_CALLS || (count < MOST_CALLS && System.nanoTime() < end)) {
      long start = System.nanoTime();
      double result = call.apply(turn++ & Integer.MAX_VALUE);
      nanos[count++] = System.nanoTime() - start;
      sink += result;
    }
    cpu = threads.getCurrentThreadCpuTime() - cpu;
    String all = Arrays.stream(nanos, 0, count).mapToObj(Long::toString).collect(Collectors.joining(","));
    runs.add(
        String.format("{\"api\": \"%s\", \"batch\": %d, \"cpu_ns\": %d, \"wall_ns\": [%s]}", api, size, cpu, all));
  }

  /** Writes what each API says of every row, for the comparison that comes before any time. */
  private static void answer(PenguinsModel model, List<Features> rows, Path folder) throws IOException {
    write(folder, "single", rows.stream().map(model::predict).map(Bench::line).toList());
    write(folder, "list", model.predict(rows).stream().map(Bench::line).toList());
    try (Scorer scorer = model.newScorer(rows.size())) {
      fill(scorer, rows, 0, rows.size());
      scorer.run();
      List<String> lines = new ArrayList<>();
      for (int row = 0; row < rows.size(); row++) {
        StringBuilder text = new StringBuilder().append(scorer.labelIndex(row));
        for (int column = 0; column < PenguinsModel.PROBABILITY_CLASSES.size(); column++) {
          text.append(' ').append(scorer.probability(row, column));
        }
        lines.add(text.toString());
      }
      write(folder, "buffers", lines);
    }
  }

  private static String line(Prediction prediction) {
    int index = PenguinsModel.LABEL_CLASSES.indexOf(prediction.label());
    return index + Arrays.stream(prediction.probability()).mapToObj(p -> " " + p).collect(Collectors.joining());
  }

  private static void write(Path folder, String api, List<String> lines) throws IOException {
    Files.write(folder.resolve(api + ".txt"), lines);
  }

  private static List<Features> readRows(Path file) throws IOException {
    List<Features> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split("\t", -1);
      rows.add(
          Features.builder()
              .optBillLengthMm(number(fields[0]))
              .optBillDepthMm(number(fields[1]))
              .optFlipperLengthMm(number(fields[2]))
              .optBodyMassG(number(fields[3]))
              .optIsland(Features.Island.of(fields[4].isEmpty() ? null : fields[4]))
              .optSex(Features.Sex.of(fields[5].isEmpty() ? null : fields[5]))
              .build());
    }
    return rows;
  }

  private static double number(String field) {
    return field.isEmpty() ? Double.NaN : Double.parseDouble(field);
  }
}
