import type { ModelDataSource } from '../data-source.js'
import type { ProofOptions, ReadOptions } from '../data-source-options.js'
import { assumeStatistics } from '../schema/assumed-statistics.js'
import { proveStart } from './prove-start.js'

/** What a data source sees to once its database has the tables. */
export class SchemaCare {
  readonly #dataSource: ModelDataSource
  readonly #options: ProofOptions & ReadOptions
  #isLeft = false

  constructor(dataSource: ModelDataSource, options: ProofOptions & ReadOptions) {
    this.#dataSource = dataSource
    this.#options = options
  }

  /** Leaves the schema to somebody else. */
  leave(): void {
    this.#isLeft = true
  }

  /** After a start. @throws {SchemaError} with everything the database lacks; the data source is closed again. */
  async started(): Promise<void> {
    await proveStart(this.#dataSource, this.#isLeft ? false : this.#options.proveSchema)
    await this.changed()
  }

  /** After tables may have been made. */
  async changed(): Promise<void> {
    if (!this.#isLeft && this.#options.assumeStatistics !== false) await assumeStatistics(this.#dataSource)
  }
}
