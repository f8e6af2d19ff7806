import type { ModelDataSource } from 'plinth'
import type { DatabaseContents } from './table-contents.js'

/** How rows of one table name those of another that they belong to. */
interface Link {
  readonly child: string
  readonly property: string
  readonly parent: string
  readonly referenced: string
}

/** Values of a row and of one that belongs to it, and which values these are. */
export interface RelatedValues {
  readonly way: string
  readonly parent: unknown
  readonly child: unknown
}

type Row = DatabaseContents[number]['rows'][number]

/** How many of the latest rows of a table are looked at. */
const most = 20

/** Which rows belong to which, for paths with two parameters: most values of the one do not go with those of the other. */
export class Kinship {
  readonly #links: readonly Link[]
  readonly #primary: ReadonlySet<string>
  /** By which values rows were found behind a path. */
  readonly #ways = new Map<string, ReadonlySet<string>>()
  #rows: ReadonlyMap<string, readonly Row[]> = new Map()

  constructor({ entityMetadatas }: ModelDataSource, primary: ReadonlySet<string>) {
    this.#primary = primary
    this.#links = entityMetadatas.flatMap(({ relations, tablePath }) =>
      relations.flatMap(({ joinColumns, isOwning, isManyToMany, inverseEntityMetadata }): readonly Link[] => {
        const [key, ...others] = joinColumns
        if (!key?.referencedColumn || others.length > 0 || !isOwning || isManyToMany) return []
        const { tablePath: parent } = inverseEntityMetadata
        const { propertyName: referenced } = key.referencedColumn
        return [{ child: tablePath, property: key.propertyName, parent, referenced }]
      }),
    )
  }

  /** Forgets what was stored, and remembers these contents instead. */
  store(contents: DatabaseContents): void {
    this.#rows = new Map(contents.map(({ table, rows }) => [table, rows.slice(-most)]))
  }

  /** What may stand in the last two parameters of a path; by what rows were found there by, where that is known. */
  of(path: string, keysAlone: boolean): readonly RelatedValues[] {
    const ways = this.#ways.get(path)
    if (ways) return this.#values(false).filter(({ way }) => ways.has(way))
    return this.#values(keysAlone)
  }

  /** Remembers that a row was found behind a path by these values. */
  found(path: string, parent: string, child: string): void {
    const known = this.#ways.get(path)
    const ways = this.#values(false)
      .filter((one) => String(one.parent) === parent && String(one.child) === child)
      .map(({ way }) => way)
    const both = known ? ways.filter((way) => known.has(way)) : ways
    if (both.length > 0) this.#ways.set(path, new Set(both))
  }

  #values(keysAlone: boolean): readonly RelatedValues[] {
    return this.#links.flatMap((link) =>
      (this.#rows.get(link.child) ?? []).flatMap((child) => {
        const key = child[link.property]
        const parents = this.#rows.get(link.parent) ?? []
        const parent =
          key === null || key === undefined ? undefined : parents.find((row) => isSame(row[link.referenced], key))
        if (!parent) return []
        return this.#named(link.parent, parent, keysAlone).flatMap(([above, value]) =>
          this.#named(link.child, child, keysAlone).map(([below, own]) => ({
            way: `${link.child}.${link.property} ${above} ${below}`,
            parent: value,
            child: own,
          })),
        )
      }),
    )
  }

  /** The values of a row by which it may be named. */
  #named(table: string, row: Row, keysAlone: boolean): readonly (readonly [string, unknown])[] {
    return Object.entries(row).filter(
      ([property, value]) =>
        (typeof value === 'string' || typeof value === 'number') &&
        (!keysAlone || this.#primary.has(`${table} ${property}`)),
    )
  }
}

const isSame = (one: unknown, other: unknown): boolean => String(one) === String(other)
