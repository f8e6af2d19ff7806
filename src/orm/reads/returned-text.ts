import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RawRows } from './engines/read-engine.js'
import type { ReadRow, RowForm } from './row-form.js'

/** Makes texts of what a statement has returned of rows that it has written. */
export class ReturnedText {
  readonly read: readonly ColumnMetadata[]
  readonly names: string
  readonly #form: RowForm
  readonly #key: string

  /** @param form what is read of the rows, all of it in their own columns; their key is held besides. */
  constructor(form: RowForm) {
    const { driver } = form.dataSource
    const [key] = form.dataSource.getMetadata(form.entity).primaryColumns
    this.#form = form
    this.#key = key!.propertyPath
    this.read = form.layout.columns.map(({ column }) => column)
    this.names = this.read.map((column) => driver.escape(column.databaseName)).join(', ')
  }

  first(raw: RawRows): ReadRow | undefined {
    return this.#form.rows(raw)[0]
  }

  all(raw: RawRows): readonly ReadRow[] {
    return this.#form.rows(raw)
  }

  keyOf({ held }: ReadRow): unknown {
    return held[this.#key]
  }
}

const known = new WeakMap<RowForm, ReturnedText | null>()

/** What makes texts of returned rows; undefined where more goes into them than the columns of their table. */
export function returnedText(form: RowForm): ReturnedText | undefined {
  const found = known.get(form)
  if (found !== undefined) return found ?? undefined
  const made = form.isPlain && form.layout.joined.length === 0 && form.width > 0 ? new ReturnedText(form) : null
  known.set(form, made)
  return made ?? undefined
}
