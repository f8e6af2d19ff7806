import type * as FastCheck from 'fast-check'
import type { ModelDataSource, OptionNames, RowData } from 'plinth'

/** Something like a tenant: rows that are written inside it belong to it. */
export interface ContextOfRows {
  readonly name: string
  run<T>(work: () => Promise<T>): Promise<T>
}

/** How behaviours are checked. */
export interface BehaviourOptions {
  /** An initialized data source. The table of the entity must be empty, and is empty again afterwards. */
  readonly dataSource: ModelDataSource
  /** What a new row is given. A few values that are often equal find more than many that never are. */
  readonly make: (fc: typeof FastCheck) => FastCheck.Arbitrary<RowData>
  /** What an update changes; unless told, some of the properties of a new row. */
  readonly change?: (fc: typeof FastCheck) => FastCheck.Arbitrary<RowData>
  /** What verbs are given, by name; unless told, values of the types the verb declares. */
  readonly inputs?: Readonly<Record<string, (fc: typeof FastCheck) => FastCheck.Arbitrary<RowData>>>
  /**
   * What views that depend on what they are given are given, by name: a list of arguments for each look, e.g.
   * `{ since: [[yesterday], [tomorrow]] }`. Nobody looks by those that are not named.
   */
  readonly views?: Readonly<Record<string, readonly (readonly unknown[])[]>>
  /** Contexts whose rows must not be seen in another; needed where a locked scope reads the context. */
  readonly contexts?: readonly ContextOfRows[]
  /** Codes of refusals that depend on what rules find in the database, which the model alone does not tell. */
  readonly refusals?: readonly string[]
  /** How many clients write at the same time; 1 unless told. */
  readonly clients?: number
  /** How many sequences are run; 30 unless told. */
  readonly runs?: number
  /** The most steps of a sequence, each of one write by every client; 12 unless told. */
  readonly steps?: number
  /** The seed of an earlier run, to run the same sequences again. */
  readonly seed?: number
  /** The path that an earlier run printed, to run only its smallest sequence again. */
  readonly path?: string
}

/** The names of these options. */
export const behaviourOptions: OptionNames<BehaviourOptions> = {
  dataSource: true,
  make: true,
  change: true,
  inputs: true,
  views: true,
  contexts: true,
  refusals: true,
  clients: true,
  runs: true,
  steps: true,
  seed: true,
  path: true,
}
