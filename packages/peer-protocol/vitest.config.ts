import { project } from "../../scripts/vitest/project.ts";

export default project("peer-protocol", { files: "pure" });
