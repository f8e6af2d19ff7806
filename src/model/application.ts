/** Which application of a trait: a class may have a trait several times, each under a key of its own. */
export interface Application {
  /** The name of the trait. */
  readonly trait: string
  /** What tells it from other applications of the trait; empty where a class has the trait once. */
  readonly key: string
}

/** Text that is the same for declarations of one application alone: the name of the trait, and its key. */
export function identityOf({ trait, key }: Application): string {
  return key === '' ? trait : `${trait} ${key}`
}

/** Whether both are one trait under one key. */
export function isSameApplication(one: Application, other: Application): boolean {
  return one.trait === other.trait && one.key === other.key
}

/** What a verb, view or scope of a trait is called where the trait is applied `as` something. */
export type NameAs<K, A extends string> = K extends string ? `${K}${Capitalize<A>}` : K

/** Names parts as the application of a trait that contributes them: `moveUp` as `featured` is `moveUpFeatured`. */
export function namedAs<T>(as: string | undefined, parts: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [nameAs(as, name), part]))
}

export function nameAs(as: string | undefined, name: string): string {
  return as ? name + as[0]!.toUpperCase() + as.slice(1) : name
}

/** The name of a table of a trait: as it is in `tables`, with what the trait is applied `as` behind it. */
export function tableNameAs(as: string | undefined, table: string): string {
  return as ? `${table}_${as.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()}` : table
}

/** An object with one member, typed by its name: for columns whose names a trait is given. */
export function named<const P extends string, T>(name: P, value: T): { readonly [K in P]: T } {
  return { [name]: value } as { readonly [K in P]: T }
}
