import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SchemaError } from 'plinth'
import { CommandError } from './command.js'

/** The option by which a command is told what to take of a module. */
export function nameIn(options: Readonly<Record<string, string | boolean>>): string | undefined {
  const { export: name } = options
  return typeof name === 'string' ? name : undefined
}

/**
 * Loads a module of an application.
 * @throws {CommandError} where there is none, or it fails.
 */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) throw new CommandError(`There is no module "${path}". Name a file that Node can run.`)
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw asCommandError(error, `${path} could not be loaded`)
  }
}

/** What is wrong outside of a command, in its words. What a start has found is passed on. */
export function asCommandError(error: unknown, what: string): Error {
  if (error instanceof SchemaError) return error
  return new CommandError(`${what}: ${error instanceof Error ? error.message : String(error)}`)
}

/** What is exported, or what an exported function gives. */
export async function given(value: unknown): Promise<unknown> {
  if (typeof value !== 'function') return value
  try {
    return await (value as () => unknown)()
  } catch (error) {
    throw asCommandError(error, 'The exported function failed')
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
