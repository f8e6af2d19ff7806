/** What a command has found out, and what the process says to whoever started it. */
export interface Outcome {
  /** What is printed for people. */
  readonly text: string
  /** What is said beside it, a line each, on standard error. */
  readonly notes?: readonly string[]
  /** What is printed with `--json`. */
  readonly json: object
  /** 0 where all is well, 1 where something was found. */
  readonly exitCode: 0 | 1
}

/** One command of the command line. */
export interface Command {
  readonly name: string
  /** What follows the name, e.g. `<module>`. */
  readonly usage: string
  /** In half a sentence. */
  readonly summary: string
  /** Options of its own, besides `--json` and `--help`. */
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly summary: string }>>
  /** @throws {CommandError} where it cannot be carried out. */
  run(operands: readonly string[], options: Readonly<Record<string, string | boolean>>): Promise<Outcome>
}

/** Why a command could not be carried out: the process ends with 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
