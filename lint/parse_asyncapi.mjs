// Parses the AsyncAPI documents that are named, with all that they refer to; exits with 1 on any error.
import { Parser, fromFile } from "@asyncapi/parser";
import { schema } from "@stoplight/spectral-functions";

const SEVERITIES = ["error", "warning", "info", "hint"]; // by the number in a diagnostic

// The parser holds examples against their schemas in AsyncAPI 2 only.
const EXAMPLES_FIT = {
  given: ["$.components.messages.*", "$.channels.*.messages.*"],
  severity: "error",
  then: { function: judgeExamples },
};

function judgeExamples(message, _options, context) {
  const judge = (example, index) =>
    ["headers", "payload"]
      .filter((part) => part in example && part in message)
      .flatMap((part) => {
        const path = [...context.path, "examples", index, part];
        return schema(example[part], { schema: message[part], allErrors: true }, { ...context, path }) ?? [];
      });
  return (message.examples ?? []).flatMap(judge);
}

const parser = new Parser({ ruleset: { rules: { "message-examples": EXAMPLES_FIT } } });
for (const file of process.argv.slice(2)) {
  const { diagnostics } = await fromFile(parser, file).parse();
  for (const { code, message, path, range, severity } of diagnostics) {
    const place = `${file}:${range.start.line + 1}:${range.start.character + 1}`;
    console.log(`${place}  ${SEVERITIES[severity]}  ${code}  ${message}  ${path.join(".")}`);
    if (severity === 0) process.exitCode = 1;
  }
}
