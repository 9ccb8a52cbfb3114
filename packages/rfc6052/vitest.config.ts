import { project } from "../../scripts/vitest/project.ts";

export default project("rfc6052", { files: "pure" });
