import { valueText } from '../../model/counter-key.js'
import { matches, type RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import { propertiesOf } from '../../model/predicate.js'
import type { Departure, EnterRule, Entry, LeaveRule } from '../../model/rule.js'
import type { Scene } from './scene.js'

/** A row before and after a write; null where there is none. */
export interface Passing {
  readonly before: RowData | null
  readonly after: RowData | null
  readonly given: RowData
}

type Enter = Contributed<EnterRule>
type Leave = Contributed<LeaveRule>

/** The properties that decide whether a row passes: those of the default scopes, and those that make groups. */
export function decisiveProperties({ rules, visible }: Model): ReadonlySet<string> {
  const passing = [...rules.enter, ...rules.leave]
  if (passing.length === 0) return new Set()
  return new Set([...propertiesOf(visible), ...passing.flatMap(({ by = [] }) => by)])
}

/** What the rows of one call do to the rules `leave` and `enter`: found out before anything is written. */
export class Passages {
  readonly #model: Model
  readonly #scene: Scene
  readonly #left = new Map<string, Departure[]>()
  readonly #entered = new Map<string, Entry[]>()
  readonly #totals = new Map<string, number>()

  /** @param rows all rows of the call, in its order. */
  constructor(model: Model, scene: Scene, rows: readonly Passing[]) {
    this.#model = model
    this.#scene = scene
    for (const row of rows) {
      for (const rule of this.leaving(row)) this.#add(groupKey(model.rules.leave.indexOf(rule), rule, row.before!))
      for (const rule of this.entering(row)) this.#add(groupKey(-1 - model.rules.enter.indexOf(rule), rule, row.after!))
    }
  }

  /** Whether any row passes. */
  get any(): boolean {
    return this.#totals.size > 0
  }

  /** The keys of the locks that the passages of a row need. */
  keysOf(row: Passing): readonly string[] {
    return [
      ...this.leaving(row).flatMap((rule) => this.#scene.keysOf(rule, row.before!)),
      ...this.entering(row).flatMap((rule) => this.#scene.keysOf(rule, row.after!)),
    ]
  }

  leaving({ before, after }: Passing): readonly Leave[] {
    const { rules, visible } = this.#model
    if (!before || !matches(visible, before)) return []
    const stays = after !== null && matches(visible, after)
    return rules.leave.filter(({ by }) => !stays || regroups(by, before, after))
  }

  entering({ before, after }: Passing): readonly Enter[] {
    const { rules, visible } = this.#model
    if (!after || !matches(visible, after)) return []
    const wasThere = before !== null && matches(visible, before)
    return rules.enter.filter(({ by }) => !wasThere || regroups(by, before, after))
  }

  /** What the rules want of a row that passes; each sees the row as the ones before leave it. */
  async valuesFor(row: Passing): Promise<RowData> {
    const values: Record<string, unknown> = {}
    const after = () => row.after && { ...row.after, ...values }
    for (const rule of this.leaving(row)) {
      const key = groupKey(this.#model.rules.leave.indexOf(rule), rule, row.before!)
      const passage = this.#placed(this.#left, key, { before: row.before!, after: after(), given: row.given })
      Object.assign(values, await rule.each?.(passage, this.#scene.contextFor(rule, row.before!)))
    }
    for (const rule of this.entering(row)) {
      const key = groupKey(-1 - this.#model.rules.enter.indexOf(rule), rule, row.after!)
      const passage = this.#placed(this.#entered, key, { before: row.before, after: after()!, given: row.given })
      Object.assign(values, await rule.each?.(passage, this.#scene.contextFor(rule, row.after!)))
    }
    return values
  }

  /** Tells the rules, once for each group, that the rows are written: first of those left, then of those entered. */
  async written(): Promise<void> {
    const { leave, enter } = this.#model.rules
    for (const [index, rule] of leave.entries()) {
      for (const passages of groupsIn(this.#left, index)) {
        await rule.after?.(passages, this.#scene.contextFor(rule, passages[0]!.before))
      }
    }
    for (const [index, rule] of enter.entries()) {
      for (const passages of groupsIn(this.#entered, -1 - index)) {
        await rule.after?.(passages, this.#scene.contextFor(rule, passages[0]!.after))
      }
    }
  }

  #add(key: string): void {
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + 1)
  }

  #placed<P>(groups: Map<string, (P & Placed)[]>, key: string, passing: P): P & Placed {
    const group = groups.get(key) ?? []
    groups.set(key, group)
    const placed = { ...passing, index: group.length, count: this.#totals.get(key) ?? 1 }
    group.push(placed)
    return placed
  }
}

interface Placed {
  readonly index: number
  readonly count: number
}

/** Groups of one rule, which the number in front of their keys names. */
function groupsIn<P>(groups: ReadonlyMap<string, P[]>, rule: number): readonly (readonly P[])[] {
  return [...groups].filter(([key]) => key.startsWith(`${rule} `)).map(([, passages]) => passages)
}

const groupKey = (rule: number, { by = [] }: Enter | Leave, row: RowData): string =>
  `${rule} ${JSON.stringify(by.map((property) => comparable(row[property])))}`

function regroups(by: readonly string[] = [], before: RowData, after: RowData): boolean {
  return by.some((property) => comparable(before[property]) !== comparable(after[property]))
}

const comparable = (value: unknown): string | null => (value === null || value === undefined ? null : valueText(value))
