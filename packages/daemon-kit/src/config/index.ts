/** Configuration files: TOML, checked, with the place of everything that is wrong. */
export { bandwidth, parseBandwidth } from "./bandwidth.ts";
export { type Checked, type Complaint, checkDocument } from "./check-document.ts";
export * from "./common-fields.ts";
export { type ComparisonRules, compareFiles, type FileChanges, type IsLive } from "./compare-files.ts";
export { ConfigFileError } from "./config-file-error.ts";
export { bytes, parseBytes } from "./data-size.ts";
export { EXPECTED, flag, integer, list, matching, oneOf, table, text } from "./fields.ts";
export { findGroup, refuseGroup } from "./group.ts";
export { loadFile, type Parsed } from "./load-file.ts";
export { type ConfigProblem, formatKey, formatProblem, type Place } from "./problem.ts";
export { readConfigFile } from "./read-file.ts";
export * from "./record-keeping.ts";
export { parseToml, type TomlDocument } from "./toml.ts";
