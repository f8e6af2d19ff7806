import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createDataSource, type ModelDataSource, type ModelDataSourceOptions, SchemaError } from 'plinth'
import { CommandError } from './command.js'

const usualNames = ['default', 'dataSource', 'options'] as const

/**
 * The data source that a module exports, itself or as the options it is made from; or a function that gives either.
 * @param name the name of the export; `default`, `dataSource` or `options` unless told.
 * @throws {CommandError} where there is no such module or export, or it fails.
 * @throws {SchemaError} where the module starts the data source itself and its start found what the database lacks.
 */
export async function loadDataSource(path: string, name?: string): Promise<ModelDataSource> {
  const exported = await importModule(path)
  const names = name === undefined ? usualNames : [name]
  for (const one of names) {
    const found = one in exported ? await given(exported[one]) : undefined
    if (isDataSource(found)) return found
    if (isOptions(found)) return createDataSource(found)
  }
  const known = Object.keys(exported).join(', ') || 'nothing'
  throw new CommandError(
    `${path} exports no data source as ${names.join(', ')}: it exports ${known}. ` +
      'Export what createDataSource gives or takes, or a function that gives it, and name it with --export.',
  )
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
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

async function given(value: unknown): Promise<unknown> {
  if (typeof value !== 'function') return value
  try {
    return await (value as () => unknown)()
  } catch (error) {
    throw asCommandError(error, 'The exported function failed')
  }
}

/** By what it can do: a module may have a copy of the framework of its own. */
function isDataSource(value: unknown): value is ModelDataSource {
  return isObject(value) && typeof value['proveSchema'] === 'function' && typeof value['initialize'] === 'function'
}

function isOptions(value: unknown): value is ModelDataSourceOptions {
  return isObject(value) && typeof value['type'] === 'string' && Array.isArray(value['entities'])
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
