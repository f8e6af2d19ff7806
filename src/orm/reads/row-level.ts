import type { ColumnCodec } from './row-codec.js'

/** Rows of a statement, and how their values are read. */
export interface CodedRows {
  readonly rows: readonly RawRow[]
  readonly codecs: readonly ColumnCodec[]
}

export type RawRow = readonly unknown[]

/** A member of the JSON of a row: the value of a column, something else of the same row, or what is loaded for all rows. */
export type LevelMember =
  | { readonly name: string; readonly column: number }
  | { readonly name: string; readonly text: (row: RawRow, codecs: readonly ColumnCodec[]) => string }
  | { readonly name: string; readonly load: (rows: CodedRows, call: object) => Promise<readonly string[]> }

/** Of each row the names of the members that are left out; undefined where none is. */
export type OmittedMembers = readonly (ReadonlySet<string> | undefined)[]

/** What is written of a row besides its values. */
interface Written {
  readonly codecs: readonly ColumnCodec[]
  /** Of each member that is loaded for many rows, its text of each. */
  readonly loaded: readonly (readonly string[] | undefined)[]
  /** Which of the rows it is. */
  readonly at: number
  readonly omitted: OmittedMembers[number]
}

type OwnMember = Exclude<LevelMember, { load: unknown }>

const ownText = (member: OwnMember, row: RawRow, codecs: readonly ColumnCodec[]): string =>
  'column' in member ? codecs[member.column]!.text(row[member.column]) : member.text(row, codecs)

const isOwn = (member: LevelMember): member is OwnMember => !('load' in member)

/** What is written of rows of one entity that stand in a statement. */
export class RowLevel {
  readonly #members: readonly LevelMember[]
  /** The names of the members as JSON. */
  readonly #names: readonly string[]
  readonly #prefixes: readonly string[]
  /** The members, where all are written of their row alone. */
  readonly #own: readonly OwnMember[] | undefined

  constructor(members: readonly LevelMember[]) {
    this.#members = members
    this.#names = members.map(({ name }) => `${JSON.stringify(name)}:`)
    this.#prefixes = this.#names.map((name, index) => `${index === 0 ? '{' : ','}${name}`)
    this.#own = members.every(isOwn) ? members : undefined
  }

  /** Whether all of it is written of its row alone, without a statement besides. */
  get isPlain(): boolean {
    return this.#own !== undefined
  }

  /** One row as JSON. @throws {TypeError} where more goes into it than the row. */
  text(row: RawRow, codecs: readonly ColumnCodec[]): string {
    const own = this.#own
    if (!own) throw new TypeError('What is written of the row is loaded for many at once.')
    const prefixes = this.#prefixes
    let text = ''
    for (let index = 0; index < own.length; index++) {
      text += prefixes[index]!
      text += ownText(own[index]!, row, codecs)
    }
    return text === '' ? '{}' : `${text}}`
  }

  /** Rows as JSON, in their order. @param omitted the names of the members that are left out, row by row. */
  async texts(coded: CodedRows, call: object, omitted?: OmittedMembers): Promise<readonly string[]> {
    const { rows, codecs } = coded
    if (this.#own && !omitted) return rows.map((row) => this.text(row, codecs))
    if (rows.length === 0) return []
    const loaded: (readonly string[] | undefined)[] = []
    // One after another: they share the connection of the unit of work.
    for (const member of this.#members) loaded.push('load' in member ? await member.load(coded, call) : undefined)
    return rows.map((row, at) => this.#written(row, { codecs, loaded, at, omitted: omitted?.[at] }))
  }

  #written(row: RawRow, { codecs, loaded, at, omitted }: Written): string {
    let text = ''
    for (let index = 0; index < this.#members.length; index++) {
      const member = this.#members[index]!
      if (omitted?.has(member.name)) continue
      text += text === '' ? `{${this.#names[index]!}` : this.#prefixes[index]!
      text += 'load' in member ? loaded[index]![at]! : ownText(member, row, codecs)
    }
    return text === '' ? '{}' : `${text}}`
  }
}
