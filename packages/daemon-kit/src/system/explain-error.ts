/** Sentences for errors of the operating system, which say what to check. The system's code follows, for search engines. */

/** What a file, directory or socket file can be refused for. */
const FILE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "no permission; run as root, or change who may use it",
  EPERM: "no permission; run as root, or change who may use it",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is not a directory",
  EEXIST: "it already exists",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "its path is too long",
  ELOOP: "its path has too many symbolic links",
};

type SystemError = NodeJS.ErrnoException & {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
};

/** Whether an error comes from the operating system. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}

/** Why a file cannot be used, in a clause; `undefined` for an error that is not about files. */
export function fileReasonOf(error: unknown): string | undefined {
  return isSystemError(error) ? FILE_REASONS[error.code ?? ""] : undefined;
}

/** A sentence for an error of the operating system; the message of any other error. */
export function explainError(error: unknown): string {
  // Node tries all addresses of a name, and then has an error for each.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(explainError))].join("; ");
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const { code = "", message } = error;
  const sentence = explainFile(error) ?? explainNetwork(error);
  return sentence === undefined ? message : `${sentence} (${code})`;
}

function explainFile(error: SystemError): string | undefined {
  const reason = fileReasonOf(error);
  return error.path === undefined || reason === undefined ? undefined : `${error.path}: ${reason}`;
}

function explainNetwork(error: SystemError): string | undefined {
  const { code, address, port, hostname } = error;
  const place = address === undefined ? "the address" : `${address.includes(":") ? `[${address}]` : address}:${port}`;
  switch (code) {
    case "ENOTFOUND":
      return `the name "${hostname}" has no address that can be used here; check its spelling and its DNS records`;
    case "EAI_AGAIN":
      return `the name "${hostname}" cannot be looked up now; check the DNS servers in /etc/resolv.conf`;
    case "ECONNREFUSED":
      return `nothing listens at ${place}; check address and port, and that the program there is running`;
    case "ETIMEDOUT":
      return `no answer from ${place}; check address and port, and firewalls on the way`;
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return `${place} cannot be reached; check the routes of this host`;
    case "ECONNRESET":
      return "the other side closed the connection";
    case "EADDRINUSE":
      return `${place} is already in use; choose another port, or stop the program that uses it`;
    case "EADDRNOTAVAIL":
      return `${place} is not an address of this host`;
    case "EACCES":
      return address === undefined
        ? undefined
        : `no permission to use ${place}; run as root, or choose a port above 1023`;
    default:
      return undefined;
  }
}
