import { parseArgs } from 'node:util'
import { type Command, CommandError } from './command.js'
import { commands } from './commands.js'

/** What a process prints, and how it ends. */
export interface Printed {
  readonly output: string
  readonly errors: string
  /** 0 where all is well, 1 where something was found, 2 where the command could not be carried out. */
  readonly exitCode: 0 | 1 | 2
}

/** Carries out a command line, without the name of the program. */
export async function run(words: readonly string[]): Promise<Printed> {
  const [name, ...rest] = words
  if (name === undefined || name === '--help' || name === 'help') return { output: overview(), errors: '', exitCode: 0 }
  const command = commands.find((one) => one.name === name)
  if (!command) return failed(`There is no command "${name}".\n\n${overview()}`)
  try {
    return await runCommand(command, rest)
  } catch (error) {
    return failed(error instanceof CommandError ? error.message : String((error as Error | undefined)?.stack ?? error))
  }
}

async function runCommand(command: Command, words: readonly string[]): Promise<Printed> {
  const { values, positionals } = parsed(command, words)
  const { json, help, ...given } = values
  // None may be given several times, so that none is a list.
  const options = given as Readonly<Record<string, string | boolean>>
  if (help) return { output: usageOf(command), errors: '', exitCode: 0 }
  const outcome = await command.run(positionals, options)
  const output = json ? `${JSON.stringify(outcome.json, null, 2)}\n` : outcome.text
  const errors = (outcome.notes ?? []).map((note) => `${note}\n`).join('')
  return { output, errors, exitCode: outcome.exitCode }
}

function parsed(command: Command, words: readonly string[]) {
  const own = Object.entries(command.options).map(([name, { type }]) => [name, { type }] as const)
  const common = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const
  try {
    return parseArgs({ args: [...words], options: { ...Object.fromEntries(own), ...common }, allowPositionals: true })
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${usageOf(command)}`)
  }
}

function failed(errors: string): Printed {
  return { output: '', errors: `${errors.trimEnd()}\n`, exitCode: 2 }
}

function overview(): string {
  const lines = commands.map(({ name, usage, summary }) => `  plinth ${name} ${usage}   ${summary}`)
  return ['Usage: plinth <command>', '', ...lines, '', 'plinth <command> --help tells more.', ''].join('\n')
}

function usageOf({ name, usage, summary, options }: Command): string {
  const all = { ...options, json: { summary: 'print JSON' }, help: { summary: 'print this' } }
  const lines = Object.entries(all).map(([option, { summary: what }]) => `  --${option.padEnd(10)} ${what}`)
  return [`Usage: plinth ${name} ${usage}`, '', `It ${summary}.`, '', ...lines, ''].join('\n')
}
