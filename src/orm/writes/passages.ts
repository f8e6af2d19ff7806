import { valueText } from '../../model/counter-key.js'
import { matches, type RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import { type Predicate, propertiesOf } from '../../model/predicate.js'
import type { Departure, EnterRule, Entry, LeaveRule, PassageRule } from '../../model/rule.js'
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
export function decisiveProperties(model: Model): ReadonlySet<string> {
  return decidingOf(model).properties
}

function decisiveFor({ among, by = [] }: Enter | Leave, visible: Predicate): readonly string[] {
  return among === 'stored' ? by : [...propertiesOf(visible), ...by]
}

function entranceOf(rule: Enter, visible: Predicate): readonly string[] {
  return [...decisiveFor(rule, visible), ...(rule.outside ? propertiesOf(rule.outside) : [])]
}

/** The rules of a model by which rows pass, each with the properties that decide about it: every write asks. */
interface Deciding {
  readonly leave: readonly (readonly string[])[]
  readonly enter: readonly (readonly [rule: Enter, properties: readonly string[]])[]
  /** Those of all rules. */
  readonly properties: ReadonlySet<string>
}

const deciding = new WeakMap<Model, Deciding>()

function decidingOf(model: Model): Deciding {
  const known = deciding.get(model)
  if (known) return known
  const { rules, visible } = model
  const leave = rules.leave.map((rule) => decisiveFor(rule, visible))
  const enter = rules.enter.map((rule) => [rule, entranceOf(rule, visible)] as const)
  const made = { leave, enter, properties: new Set([...enter.flatMap(([, own]) => own), ...leave.flat()]) }
  deciding.set(model, made)
  return made
}

/**
 * Whether a write of these values has to know whether rows become visible, hidden, or change their group. Rows that are
 * surely hidden then enter nothing that only visible rows are in.
 */
export function mayPass(model: Model, values: RowData): boolean {
  const { leave, enter } = decidingOf(model)
  const isWritten = (property: string): boolean => values[property] !== undefined
  if (leave.some((properties) => properties.some(isWritten))) return true
  const entered = enter.filter(([, properties]) => properties.some(isWritten))
  if (entered.length === 0) return false
  return !surelyFalse(model.visible, values) || entered.some(([rule]) => rule.among === 'stored')
}

/** Whether values alone tell that a condition is not met. */
export function surelyFalse(condition: Predicate, values: RowData): boolean {
  if (condition.op === 'all') return condition.predicates.some((one) => surelyFalse(one, values))
  if (condition.op === 'related') return false
  const properties = propertiesOf(condition)
  return properties.length > 0 && properties.every((name) => values[name] !== undefined) && !matches(condition, values)
}

/** Whether rules look at rows that enter or leave all at once, so that a call must write them all at once. */
export function passesTogether({ rules }: Pick<Model, 'rules'>): boolean {
  return [...rules.enter, ...rules.leave].some((rule) => rule.together !== undefined)
}

/** What the rows of one call do to the rules `leave` and `enter`: found out before anything is written. */
export class Passages {
  readonly #model: Model
  readonly #scene: Scene
  /** What is to be told to `after` once the rows are written. */
  readonly #told: (() => unknown)[] = []
  readonly #found = new WeakMap<Passing, Crossed>()

  constructor(model: Model, scene: Scene) {
    this.#model = model
    this.#scene = scene
  }

  /** The keys of the locks that the passages of a row need. */
  keysOf(row: Passing): readonly string[] {
    return [
      ...this.#crossed(row).leave.flatMap((rule) => this.#scene.keysOf(rule, row.before!)),
      ...this.#crossed(row).enter.flatMap((rule) => this.#scene.keysOf(rule, row.after!)),
    ]
  }

  /**
   * What the rules want of rows that pass: first those they leave, then those they enter. Each sees a row as the ones
   * before leave it.
   * @param rows all rows of the call that are written, in its order.
   */
  async valuesFor(rows: readonly Passing[]): Promise<readonly RowData[]> {
    const journeys = rows.map((row) => ({ row, values: {} as Record<string, unknown> }))
    const { leave, enter } = this.#model.rules
    for (const rule of leave) {
      const passing = journeys.filter(({ row }) => this.#crossed(row).leave.includes(rule))
      const groups = groupsBy(passing, ({ row }) => groupKey(rule, row.before!))
      await this.#pass<Departure>(rule, groups, departure, ({ before }) => before)
    }
    for (const rule of enter) {
      const passing = journeys.filter(({ row }) => this.#crossed(row).enter.includes(rule))
      const groups = groupsBy(passing, ({ row }) => groupKey(rule, row.after!))
      await this.#pass<Entry>(rule, groups, entry, ({ after }) => after)
    }
    return journeys.map(({ values }) => values)
  }

  /** Tells the rules, once for each group, that the rows are written: first of those left, then of those entered. */
  async written(): Promise<void> {
    for (const tell of this.#told) await tell()
  }

  /** Asks one rule about the rows of all its groups. */
  async #pass<P extends Entry | Departure>(
    rule: Contributed<PassageRule<RowData, P>>,
    groups: readonly (readonly Journey[])[],
    passageOf: (journey: Journey, place: Place) => P,
    placeOf: (passage: P) => RowData,
  ): Promise<void> {
    if (groups.length === 0) return
    const passages = groups.map((group) =>
      group.map((journey, index) => passageOf(journey, { index, count: group.length })),
    )
    const contextOf = (passage: P) => this.#scene.contextFor(rule, placeOf(passage))
    const context = contextOf(passages[0]![0]!)
    const values = (await rule.together?.(passages, context)) ?? []
    for (const [place, group] of groups.entries()) {
      for (const [index, journey] of group.entries()) {
        const passage = passages[place]![index]!
        const own = rule.each && (await rule.each(passage, contextOf(passage)))
        Object.assign(journey.values, values[place]?.[index], own)
      }
      if (rule.after) this.#told.push(() => rule.after?.(passages[place]!, contextOf(passages[place]![0]!)))
    }
    if (rule.settled) this.#told.push(() => rule.settled?.(passages, context))
  }

  /** The rules a row passes by. */
  #crossed(row: Passing): Crossed {
    const known = this.#found.get(row) ?? crossedBy(this.#model, row)
    this.#found.set(row, known)
    return known
  }
}

/** The rules that a row passes by. */
export function crossedBy({ visible, rules }: Model, { before, after }: Omit<Passing, 'given'>): Crossed {
  const [wasVisible, isVisible] = [before, after].map((one) => one !== null && matches(visible, one))
  const stays = (rule: Enter | Leave) =>
    isIn(rule, before, wasVisible) && isIn(rule, after, isVisible) && !regroups(rule.by, before!, after!)
  return {
    leave: rules.leave.filter((rule) => isIn(rule, before, wasVisible) && !stays(rule)),
    enter: rules.enter.filter((rule) => isIn(rule, after, isVisible) && (!stays(rule) || isOutside(rule, before!))),
  }
}

const isIn = ({ among }: Enter | Leave, row: RowData | null, isVisible = false): boolean =>
  among === 'stored' ? row !== null : isVisible

const isOutside = ({ outside }: Enter, row: RowData): boolean => outside !== undefined && matches(outside, row)

/** The rules that a row leaves by, and those that it enters by. */
export interface Crossed {
  readonly leave: readonly Leave[]
  readonly enter: readonly Enter[]
}

interface Journey {
  readonly row: Passing
  /** What rules have wanted of the row so far. */
  readonly values: Record<string, unknown>
}

interface Place {
  readonly index: number
  readonly count: number
}

/** A row with what rules have wanted of it. */
function written(row: RowData, values: RowData): RowData {
  return Object.keys(values).length === 0 ? row : Object.assign({ ...row }, values)
}

const departure = ({ row: { before, after, given }, values }: Journey, place: Place): Departure => ({
  before: before!,
  after: after && written(after, values),
  given,
  ...place,
})

const entry = ({ row: { before, after, given }, values }: Journey, place: Place): Entry => ({
  before,
  after: written(after!, values),
  given,
  ...place,
})

function groupsBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}

const groupKey = ({ by = [] }: Enter | Leave, row: RowData): string =>
  JSON.stringify(by.map((property) => comparable(row[property])))

function regroups(by: readonly string[] = [], before: RowData, after: RowData): boolean {
  return by.some((property) => comparable(before[property]) !== comparable(after[property]))
}

const comparable = (value: unknown): string | null => (value === null || value === undefined ? null : valueText(value))
