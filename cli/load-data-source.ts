import { createDataSource, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import type { CreateAppOptions } from 'plinth/container'
import { isApplicationOptions } from './application-options.js'
import { CommandError } from './command.js'
import { given, importModule, isObject } from './load-module.js'

const usualNames = ['default', 'dataSource', 'options'] as const

/**
 * The data source that a module exports: itself, the options it is made from, or those of the application that it
 * belongs to; or a function that gives one of these.
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
    if (isApplicationOptions(found)) return dataSourceIn(found)
  }
  const known = Object.keys(exported).join(', ') || 'nothing'
  throw new CommandError(
    `${path} exports no data source as ${names.join(', ')}: it exports ${known}. ` +
      'Export what createDataSource gives or takes, what createApp takes, or a function that gives it, and name it with ' +
      '--export.',
  )
}

/** By what it can do: a module may have a copy of the framework of its own. */
function isDataSource(value: unknown): value is ModelDataSource {
  return isObject(value) && typeof value['proveSchema'] === 'function' && typeof value['initialize'] === 'function'
}

function isOptions(value: unknown): value is ModelDataSourceOptions {
  return isObject(value) && typeof value['type'] === 'string' && Array.isArray(value['entities'])
}

function dataSourceIn({ dataSource, entities = [] }: CreateAppOptions): ModelDataSource {
  return isDataSource(dataSource) ? dataSource : createDataSource({ ...dataSource, entities })
}
