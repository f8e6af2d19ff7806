import type { Mistakes } from '../../errors/definition-error.js'
import { type AnyClass, ancestry } from '../../metadata/fact-kind.js'
import { announcementsOf } from '../../model/announcements.js'
import type { Model } from '../../model/model.js'
import type { PruneReport } from '../deletion/prune.js'
import type { Announcement, CommittedWrite, WriteEvent, WriteListener } from './write-event.js'

type Handler = (event: WriteEvent | Announcement) => void | Promise<void>

type Time = 'before' | 'after'

const eitherTime: readonly Time[] = ['before', 'after']

/** Hears of writes when they are committed. */
export type CommittedListener = (write: CommittedWrite) => void | Promise<void>

/** Hears that a unit of work is committed that may have written something before anybody listened. */
export type MissedListener = () => void | Promise<void>

/** The entities of which the database itself changes rows with those of a write. */
export type AlsoChanged = (write: CommittedWrite) => readonly AnyClass[]

interface CommittedHearer {
  readonly hear: CommittedListener
  readonly missed: MissedListener | undefined
}

/** Hears what a run of `prune` did. */
export type PruneListener = (report: PruneReport) => void | Promise<void>

/** Who listens to the writes of one data source. */
export class WriteEvents {
  readonly #groups = new Set<readonly WriteListener[]>()
  #listeners: readonly WriteListener[] = []
  readonly #committed = new Set<CommittedHearer>()
  readonly #alsoChanged: AlsoChanged
  #beginnings = 0
  readonly #pruned = new Set<PruneListener>()

  constructor(listeners: readonly WriteListener[] = [], alsoChanged: AlsoChanged = () => []) {
    this.#alsoChanged = alsoChanged
    this.listen(...listeners)
  }

  /** Lets more listeners hear of writes, until the function that is returned is called. */
  listen(...listeners: readonly WriteListener[]): () => void {
    // Those who listen may do so for several, so they are known by their call.
    const own = [...listeners]
    this.#groups.add(own)
    this.#listeners = [...this.#groups].flat()
    return () => {
      this.#groups.delete(own)
      this.#listeners = [...this.#groups].flat()
    }
  }

  /**
   * Lets `listener` hear of every write of this data source once it is committed, whatever way it comes, until the
   * function that is returned is called. Caches and search indexes live on it.
   * @param missed is called when a unit is committed that was open before anybody listened: nobody knows what it wrote.
   */
  onCommitted(listener: CommittedListener, missed?: MissedListener): () => void {
    if (!this.watched) this.#beginnings += 1
    // One function may listen for several, so that it is known by its call.
    const own = { hear: listener, missed }
    this.#committed.add(own)
    return () => void this.#committed.delete(own)
  }

  /** Whether a handler wants to hear of a kind of write of an entity, with the rows, before or after it or either. */
  hears(model: Model, kind: string, ...times: readonly Time[]): boolean {
    if (this.#listeners.length === 0) return false
    return (times.length > 0 ? times : eitherTime).some((time) => this.#of(model, time, kind).length > 0)
  }

  /** Where those were given who want to hear of some kinds of write of an entity, with the rows. */
  placesOf(model: Model, kinds: readonly string[]): readonly string[] {
    const names = kinds.flatMap((kind) => eitherTime.map((time) => nameOf(time, kind)))
    return this.#listeners
      .filter(({ entity, handlers }) => isFor(entity, model) && names.some((name) => Object.hasOwn(handlers, name)))
      .map(({ place }) => `on() at ${place}`)
  }

  /** Whether somebody wants to hear of every committed write. */
  get watched(): boolean {
    return this.#committed.size > 0
  }

  /** How often somebody began to hear of committed writes while nobody did. */
  get beginnings(): number {
    return this.#beginnings
  }

  /** Asks the handlers `before…`, one after another; what one throws is thrown. */
  async before(model: Model, event: WriteEvent): Promise<void> {
    for (const handler of this.#of(model, 'before', event.kind)) await handler(event)
  }

  /** Tells the handlers `after…`, each as a hook of its own. */
  after(model: Model, event: WriteEvent | Announcement, afterCommit: (hook: () => void | Promise<void>) => void): void {
    for (const handler of this.#of(model, 'after', event.kind)) afterCommit(() => handler(event))
  }

  /** Tells who listens to committed writes: all at once, so that nobody waits for another, or goes without where one fails. */
  async tell(write: CommittedWrite): Promise<void> {
    const also = this.#alsoChanged(write)
    const told = also.length === 0 ? write : Object.freeze({ ...write, also })
    await all([...this.#committed].map(async ({ hear }) => hear(told)))
  }

  /** Tells who listens to committed writes of a unit that has written before they did. */
  async tellMissed(): Promise<void> {
    await all([...this.#committed].map(async ({ missed }) => missed?.()))
  }

  /** Lets `listener` hear what each run of `prune` did, until the function that is returned is called. */
  onPruned(listener: PruneListener): () => void {
    this.#pruned.add(listener)
    return () => void this.#pruned.delete(listener)
  }

  /** Tells who listens to runs of `prune`. */
  async tellPruned(report: PruneReport): Promise<void> {
    for (const listener of this.#pruned) await listener(report)
  }

  /** Adds the listeners that can never hear anything. */
  verify(models: readonly Model[], mistakes: Mistakes): void {
    for (const { entity, handlers, place } of this.#listeners) {
      const heard = models.filter((model) => isFor(entity, model))
      const known = new Set(heard.flatMap(namesOf))
      const unknown = Object.keys(handlers).filter((name) => !known.has(name))
      if (heard.length > 0 && unknown.length === 0) continue
      const problem =
        heard.length === 0
          ? 'a listener listens to it, and it is no entity of the data source, nor does one extend it.'
          : `a listener listens to ${unknown.join(', ')}, and there is no such write or verb.`
      const remedy = heard.length === 0 ? 'Add it to `entities`.' : `Name one of: ${[...known].sort().join(', ')}.`
      mistakes.add({ code: 'E_LISTENER', subject: entity.name, problem, places: [`on() at ${place}`], remedy })
    }
  }

  #of(model: Model, time: Time, kind: string): readonly Handler[] {
    const name = nameOf(time, kind)
    return this.#listeners
      .filter(({ entity, handlers }) => Object.hasOwn(handlers, name) && isFor(entity, model))
      .map(({ handlers }) => handlers[name]!)
  }
}

/** Waits for all; then throws what one of them threw, or all that several threw. */
async function all(telling: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(telling)
  const errors = settled.flatMap((one): readonly unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  if (errors.length > 1) throw new AggregateError(errors, 'Several who listen to committed writes failed.')
  if (errors.length === 1) throw errors[0]
}

const kindsOf = ({ verbs }: Model): readonly string[] => ['insert', 'update', 'delete', ...Object.keys(verbs)]

/** The names of the handlers that can hear something of an entity. */
const namesOf = (model: Model): readonly string[] => [
  ...kindsOf(model).flatMap((kind) => eitherTime.map((time) => nameOf(time, kind))),
  ...announcementsOf(model).map((kind) => nameOf('after', kind)),
]

const nameOf = (time: Time, kind: string): string => `${time}${kind[0]?.toUpperCase()}${kind.slice(1)}`

const isFor = (entity: AnyClass, { entity: written }: Model): boolean => ancestry(written).includes(entity)
