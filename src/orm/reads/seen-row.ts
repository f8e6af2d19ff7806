import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { EntityRow } from '../entity-row.js'
import type { RawRows } from './engines/read-engine.js'
import { ReadRow } from './row-form.js'
import type { TestedForm } from './tested-form.js'

/** A row that was read once, for who must see its entity first, and for its text. */
export class SeenRow {
  readonly entity: EntityRow
  readonly #form: TestedForm
  readonly #raw: RawRows

  /** @param raw the row alone, as a statement has read it. */
  constructor(form: TestedForm, raw: RawRows) {
    this.entity = form.held(raw)[0]!
    this.#form = form
    this.#raw = raw
  }

  /** The row as text for a call: what it leads to is read now, so that nothing is read of rows that are refused. */
  written(call: object): Awaitable<ReadRow> {
    if (this.#form.isPlain) return new ReadRow(this.#form.texts(this.#raw)[0]!, this.entity)
    return andThen(this.#form.textsFor(this.#raw, call), ([text]) => new ReadRow(text!, this.entity))
  }
}
