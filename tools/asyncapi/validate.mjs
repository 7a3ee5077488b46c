// Ends with status 1 when a document given by path is not valid AsyncAPI, and says where.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const ERROR = 0;
const parser = new Parser();
let errors = 0;

for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(readFileSync(path, "utf8"));
  const found = diagnostics.filter((diagnostic) => diagnostic.severity === ERROR);
  errors += found.length;
  for (const { path: where, message } of found) console.log(`${path}: ${where.join("/")}: ${message}`);
  if (document) console.log(`${path}: AsyncAPI ${document.version()}, ${document.channels().all().length} channels`);
}
process.exit(errors ? 1 : 0);
