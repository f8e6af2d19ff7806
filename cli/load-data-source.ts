import { createDataSource, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import { CommandError } from './command.js'
import { given, importModule, isObject } from './load-module.js'

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

/** By what it can do: a module may have a copy of the framework of its own. */
function isDataSource(value: unknown): value is ModelDataSource {
  return isObject(value) && typeof value['proveSchema'] === 'function' && typeof value['initialize'] === 'function'
}

function isOptions(value: unknown): value is ModelDataSourceOptions {
  return isObject(value) && typeof value['type'] === 'string' && Array.isArray(value['entities'])
}
