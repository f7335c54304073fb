import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.EvaluatorUtil;
import org.jpmml.evaluator.InputField;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;

/** Scores a CSV file without quotes by a PMML scorecard: MODEL.pmml ROWS.csv SCORES.csv. The first column is an id. */
public class ScoreRows {
    public static void main(String[] arguments) throws Exception {
        Evaluator evaluator = new LoadingModelEvaluatorBuilder().load(new File(arguments[0])).build();
        evaluator.verify();
        List<InputField> fields = evaluator.getInputFields();
        try (BufferedReader reader = Files.newBufferedReader(Path.of(arguments[1]));
                BufferedWriter writer = Files.newBufferedWriter(Path.of(arguments[2]))) {
            List<String> names = List.of(reader.readLine().split(",", -1));
            int[] columns = fields.stream().mapToInt(field -> names.indexOf(field.getName())).toArray();
            writer.write("id,rawScore,reason1,reason2,reason3,reason4\n");
            for (String line; (line = reader.readLine()) != null; ) {
                String[] cells = line.split(",", -1);
                Map<String, Object> row = new HashMap<>();
                for (int index = 0; index < columns.length; index++) {
                    String cell = cells[columns[index]];
                    row.put(names.get(columns[index]), cell.isEmpty() ? null : cell);
                }
                Map<String, ?> results = EvaluatorUtil.decodeAll(evaluator.evaluate(row));
                List<Object> values = new ArrayList<>(results.values());
                StringBuilder text = new StringBuilder(cells[0]);
                for (int index = 0; index < Math.min(5, values.size()); index++) {
                    text.append(',').append(values.get(index) == null ? "" : values.get(index));
                }
                writer.write(text.append('\n').toString());
            }
        }
    }
}
