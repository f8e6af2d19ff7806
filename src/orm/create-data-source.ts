import { ModelDataSource } from './data-source.js'
import type { ModelDataSourceOptions } from './data-source-options.js'
import { requireOwnOptionsBy } from './own-options.js'

/**
 * Makes a data source for entity classes. It connects when `initialize` is called.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function createDataSource(options: ModelDataSourceOptions): ModelDataSource {
  requireOwnOptionsBy(createDataSource, options)
  return new ModelDataSource(options)
}
