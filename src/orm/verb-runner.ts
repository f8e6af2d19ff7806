import type { EntityManager } from 'typeorm'
import type { RowData } from '../model/matches.js'
import type { Model } from '../model/model.js'
import type { Id, Receipt } from '../model/verb.js'

/** One call of a verb. */
export interface VerbRequest {
  /** Where it runs: the manager of a transaction, or of the data source. */
  readonly manager: EntityManager
  readonly model: Model
  /** The name of one of the model's verbs. */
  readonly verb: string
  /** The primary keys as they were given. */
  readonly ids: readonly Id[]
  readonly input: RowData
}

/** What carries out verbs. Repositories hand every call of a verb to the one their data source has. */
export interface VerbRunner {
  run(request: VerbRequest): Promise<Receipt>
}
