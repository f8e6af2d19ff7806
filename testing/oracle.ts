import {
  AppException,
  type Contributor,
  contextValues,
  identityOf,
  type Model,
  matches,
  type RowData,
  type UniqueSet,
} from 'plinth'
import { computed } from './expressions.js'
import type { Prediction, State, Table } from './prediction.js'
import { isRefused } from './refused-input.js'
import { applied, asksDatabase, type Effect, LeftAlone, twins } from './rules.js'
import { haveTwins } from './unique-rows.js'
import { anything, isKnown } from './unknown.js'

type Written = Omit<Extract<Prediction, { readonly done: true }>, 'done'>

/** A refusal by the model: what is refused, and why. */
class Refusal extends Error {}

/** The rows of an entity in memory, written as its model says. It knows nothing of databases, nor of any trait. */
export class Oracle {
  readonly #model: Model
  readonly #primary: string
  readonly #blank: RowData
  readonly #uniques: readonly UniqueSet[]

  constructor(model: Model, { primary, blank, uniques }: Table) {
    this.#model = model
    this.#primary = primary
    this.#blank = blank
    this.#uniques = uniques
  }

  /** Whether default scopes show a row in the present context, without those that are named. */
  shows(row: RowData, without: readonly string[] = []): boolean {
    return Object.entries(this.#model.scopes).every(
      ([name, { default: isDefault, locked, where }]) =>
        (!locked && (!isDefault || without.includes(name))) || matches(where, row),
    )
  }

  /** Whether locked scopes show a row in the present context. */
  reaches(row: RowData): boolean {
    return Object.values(this.#model.scopes).every(({ locked, where }) => !locked || matches(where, row))
  }

  /** A new row; `made` is the id the database or a rule gave it. */
  create(state: State, values: RowData, made: unknown): Promise<Prediction> {
    const id = made ?? values[this.#primary]
    return this.#predicted(async () => {
      const { insert } = this.#model.rules
      // To rules, what nothing is known of was not given.
      const told = Object.fromEntries(Object.entries(this.#blank).filter(([, value]) => isKnown(value)))
      const effect = await twins(async (context) => {
        const set: Record<string, unknown> = { ...contextValues(this.#model, values) }
        for (const rule of insert) {
          await applied(this.#model, rule, set, () => rule.set?.({ ...told, ...values, ...set }, context))
        }
        return set
      })
      const row = this.#computed({ ...this.#blank, ...values, ...effect, [this.#primary]: id })
      if (state.has(String(id))) throw new Refusal('There is a row of this id.')
      return { affected: 1, state: this.#checked(new Map([...state, [String(id), row]]), [row]) }
    })
  }

  /** A change of rows that the default scopes show. */
  update(state: State, ids: readonly string[], values: RowData): Promise<Prediction> {
    return this.#predicted(() => this.#write(state, this.#shown(state, ids), values, values, this.#model.rules.update))
  }

  /** A deletion of rows that the default scopes show: a removal, unless delete rules set something. */
  delete(state: State, ids: readonly string[]): Promise<Prediction> {
    const { update, delete: rules } = this.#model.rules
    const keeps = rules.some((rule) => rule.set !== undefined)
    return this.#predicted(async () => {
      const shown = this.#shown(state, ids)
      return keeps ? this.#write(state, shown, {}, {}, [...update, ...rules]) : this.#remove(state, shown, {}, rules)
    })
  }

  /** A verb: all of its rows or none. */
  verb(state: State, name: string, ids: readonly string[], input: RowData): Promise<Prediction> {
    return this.#predicted(async () => {
      const verb = this.#model.verbs[name]
      if (!verb) throw new TypeError(`${this.#model.name} has no verb "${name}".`)
      if (isRefused(verb.input, input)) throw new Refusal('The input is not taken.')
      const shown = this.#shown(state, ids, verb.without)
      if (shown.length < ids.length) throw new Refusal('There is no such row.')
      if (verb.hard) return this.#remove(state, shown, input, [verb])
      return this.#write(state, shown, {}, input, [verb, ...this.#model.rules.update])
    })
  }

  async #predicted(work: () => Promise<Written>): Promise<Prediction> {
    try {
      const written = await work()
      return { done: true, ...written, state: this.#withPassing(written.state) }
    } catch (error) {
      if (error instanceof Refusal || error instanceof AppException) return { done: false, reason: error.message }
      throw error
    }
  }

  #shown(state: State, ids: readonly string[], without: readonly string[] = []): readonly string[] {
    return ids.filter((id) => {
      const row = state.get(id)
      return row !== undefined && this.shows(row, without)
    })
  }

  async #write(
    state: State,
    ids: readonly string[],
    values: RowData,
    given: RowData,
    rules: readonly (Effect & { readonly contributor: Contributor })[],
  ): Promise<Written> {
    const next = new Map(state)
    let affected = ids.length
    let least = ids.length
    for (const id of ids) {
      const before = state.get(id) ?? {}
      const effects = await this.#effects(before, given, rules).catch(leftAlone)
      if (!effects) {
        least -= 1
        // What is done to the rows before it may be why it is written after all.
        if (ids.length === 1) affected -= 1
        else next.set(id, { ...before, ...this.#columnsOf(rules) })
        continue
      }
      // A rule that needs the database may also leave the row as it is.
      const isUncertain = Object.values(effects).includes(anything)
      if (isUncertain) least -= 1
      const wanted = isUncertain ? allUnknown({ ...values, ...effects }) : { ...values, ...effects }
      next.set(id, this.#computed({ ...before, ...computed(wanted, before) }))
    }
    return {
      affected,
      least,
      state: this.#checked(
        next,
        ids.map((id) => next.get(id) ?? {}),
      ),
    }
  }

  /** The columns of the traits that rules come from, with nothing known of them. */
  #columnsOf(rules: readonly { readonly contributor: Contributor }[]): RowData {
    const identities = new Set(rules.map(({ contributor }) => identityOf(contributor)))
    const own = Object.entries(this.#model.columns).filter(([, { contributor }]) =>
      identities.has(identityOf(contributor)),
    )
    return allUnknown(Object.fromEntries(own))
  }

  async #remove(
    state: State,
    ids: readonly string[],
    given: RowData,
    rules: readonly (Effect & { readonly contributor: Contributor })[],
  ): Promise<Written> {
    const next = new Map(state)
    for (const id of ids) {
      await this.#effects(state.get(id) ?? {}, given, rules)
      next.delete(id)
    }
    return { affected: ids.length, state: next }
  }

  /** What rules set in one row: what is the same for every row, then what depends on it. */
  #effects(
    before: RowData,
    given: RowData,
    rules: readonly (Effect & { readonly contributor: Contributor })[],
  ): Promise<RowData> {
    return twins(async (base) => {
      const context = { ...base, input: given }
      const set: Record<string, unknown> = {}
      for (const rule of rules) await applied(this.#model, rule, set, () => rule.set?.(context as never))
      for (const rule of rules) if (rule.together) await applied(this.#model, rule, set, asksDatabase)
      const change = () => ({
        before,
        after: { ...before, ...given, ...computed(set, before) },
        given,
        index: 0,
        count: 1,
      })
      for (const rule of rules) await applied(this.#model, rule, set, () => rule.each?.(change(), context as never))
      for (const rule of rules) {
        const guard = rule.guard?.(change()) ?? {}
        for (const [name, value] of Object.entries(guard)) {
          if (isKnown(before[name]) && before[name] !== value) throw new Refusal('The row was changed meanwhile.')
        }
      }
      return set
    })
  }

  #computed(row: RowData): RowData {
    const generated = Object.entries(this.#model.columns).flatMap(([name, column]) =>
      column.generated ? [[name, matches(column.generated, row)] as const] : [],
    )
    return { ...row, ...Object.fromEntries(generated) }
  }

  /** Rows that pass may move all others. */
  #withPassing(state: State): State {
    const unknown = Object.fromEntries([...this.passing].map((name) => [name, anything]))
    return new Map([...state].map(([id, row]) => [id, { ...row, ...unknown }]))
  }

  /**
   * The properties that rules of rows which enter and leave may write, also in rows that nobody named. These rules need
   * the database, so nothing is known of them but what laws say.
   */
  get passing(): ReadonlySet<string> {
    const { enter, leave } = this.#model.rules
    const applications = new Set([...enter, ...leave].map(({ contributor }) => identityOf(contributor)))
    const columns = Object.entries(this.#model.columns).filter(([, { contributor }]) =>
      applications.has(identityOf(contributor)),
    )
    return new Set(columns.map(([name]) => name))
  }

  /** Refuses rows outside of locked scopes, and what a unique index could not hold. */
  #checked(state: State, written: readonly RowData[]): State {
    if (!written.every((row) => this.reaches(row))) throw new Refusal('The row would leave its scope.')
    for (const { properties, among } of this.#uniques) {
      const rows = [...this.#withPassing(state).values()].filter((row) => among === 'always' || this.shows(row))
      if (haveTwins(rows, properties)) throw new Refusal(`Two rows have the same ${properties.join(', ')}.`)
    }
    return state
  }
}

const allUnknown = (values: RowData): RowData => Object.fromEntries(Object.keys(values).map((name) => [name, anything]))

function leftAlone(error: unknown): undefined {
  if (!(error instanceof LeftAlone)) throw error
}
