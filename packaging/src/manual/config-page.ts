import { type Page, plain, renderPage, verbatim } from "./roff.ts";

const TABLE = /^(?:# )?\[{1,2}[a-z0-9.-]+\]{1,2}$/;
const KEY = /^(?:# )?[a-z0-9-]+ = /;

/** The page of a configuration file, from its example: comments are its text, tables its sections. */
export function configPage(example: string, page: Page): string {
  const body: string[] = [".SH DESCRIPTION"];
  let prose: string[] = [];
  let code: string[] = [];
  const flush = (): void => {
    if (prose.length > 0) body.push(".PP", plain(prose.join("\n")));
    if (code.length > 0) body.push(...verbatim(code));
    prose = [];
    code = [];
  };
  for (const line of example.split("\n")) {
    if (TABLE.test(line)) {
      // What stands right above a table is about it.
      const about = code.length > 0 ? [] : prose;
      if (about.length > 0) prose = [];
      flush();
      body.push(`.SH "${plain(line.replace(/^# /, ""))}"`);
      prose = about;
      flush();
    } else if (line === "" || line === "#") flush();
    else if (KEY.test(line) || !line.startsWith("#")) code.push(line);
    else {
      if (code.length > 0) flush();
      prose.push(line.replace(/^# ?/, ""));
    }
  }
  flush();
  return renderPage(page, body);
}
