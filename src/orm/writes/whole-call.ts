import type { EntityMetadata } from 'typeorm'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { CompiledVerb, Contributed } from '../../model/model.js'
import type { Change } from '../../model/rule.js'
import type { Id } from '../../model/verb.js'
import { parseId } from '../parse-id.js'
import type { RowChange } from './row-change.js'
import type { Scene } from './scene.js'

/** What a call of a verb names. */
interface Call {
  readonly metadata: EntityMetadata
  readonly verb: Contributed<CompiledVerb>
  /** As they were given. */
  readonly ids: readonly Id[]
}

/** A call of a verb that looks at its rows all at once, or tells of them. */
export class WholeCall {
  readonly #call: Call
  readonly #written: RowData[]

  /** @param written where the rows are added as they are when they are written. */
  constructor(call: Call, written: RowData[]) {
    this.#call = call
    this.#written = written
  }

  /** The rows in the order in which they were named. */
  ordered(rows: readonly RowData[]): readonly RowData[] {
    const found = new Set(this.#named(rows))
    found.delete(undefined)
    return [...found] as readonly RowData[]
  }

  /** Lets the verb refuse what was named. */
  async assertNamed(rows: readonly RowData[], scene: Scene): Promise<void> {
    const { verb, ids } = this.#call
    await verb.named?.({ ids, rows: this.#named(rows) }, scene.contextFor(verb, rows[0] ?? {}) as never)
  }

  /** What the verb wants of all rows; undefined where it looks at each. */
  async valuesTogether(
    places: readonly Omit<Change, 'after'>[],
    shared: RowData,
    scene: Scene,
  ): Promise<readonly (RowData | null)[] | undefined> {
    const { verb } = this.#call
    const [first] = places
    if (!verb.together || !first) return undefined
    const changes = places.map((place) => ({
      ...place,
      after: { ...place.before, ...evaluated({ ...place.given, ...shared }, place.before) },
    }))
    return verb.together(changes, scene.contextFor(verb, first.before) as never)
  }

  /** Takes note of the rows as they are written; those without a change stay as they were. */
  tell(rows: readonly RowData[], changes: readonly Pick<RowChange, 'before' | 'values'>[]): void {
    const values = new Map(changes.map((change) => [change.before, change.values]))
    for (const before of rows) this.#written.push({ ...before, ...evaluated(values.get(before) ?? {}, before) })
  }

  #named(rows: readonly RowData[]): readonly (RowData | undefined)[] {
    const { ids, metadata } = this.#call
    const [primary] = metadata.primaryColumns
    const byKey = new Map(rows.map((row) => [String(row[primary!.propertyPath]), row]))
    return ids.map((id) => byKey.get(String(parseId(metadata, id))))
  }
}
