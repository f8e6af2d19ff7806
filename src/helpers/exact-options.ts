type ItemOf<O> = O extends readonly (infer I)[] ? I : never
type ObjectIn<O> = O extends object ? (O extends readonly unknown[] | Called ? never : O) : never
type KeyIn<O> = ObjectIn<O> extends infer T ? (T extends unknown ? keyof T : never) : never
type At<O, K> = ObjectIn<O> extends infer T ? (T extends unknown ? (K extends keyof T ? T[K] : never) : never) : never
type Called = ((...given: never[]) => unknown) | (abstract new (...given: never[]) => unknown)

/** What stands in the place of a name that there is not: no value is one, and the compiler tells it by its name. */
interface NoSuchOption {
  readonly '~': never
}

/** Whether nothing is known of the members of a value, or it is something that does things rather than options. */
type IsOpaque<O> = unknown extends O ? true : [Deeds<ObjectIn<O>>] extends [never] ? false : true
type Deeds<O> = O extends unknown
  ? {
      [K in keyof O]-?: {} extends Pick<O, K> ? never : O[K] extends (...given: never[]) => unknown ? K : never
    }[keyof O]
  : never

/**
 * What options must be besides for a function to which they are a type parameter: it refuses names that `O` does not have,
 * inside of options and of lists of them too. The compiler looks for such names in literals of a type that it knows, and
 * takes them without a word where it infers the type.
 */
export type Known<P, O> = [P] extends [Looked<P, O>] ? unknown : Looked<P, O>

type Looked<P, O> = { readonly [K in keyof P]: K extends KeyIn<O> ? KnownValue<P[K], At<O, K>> : NoSuchOption }

/** The same of a value that may be something else than options. */
export type KnownValue<P, O> = P extends Called
  ? unknown
  : P extends readonly unknown[]
    ? { readonly [I in keyof P]: KnownValue<P[I], ItemOf<O>> }
    : P extends object
      ? IsOpaque<O> extends true
        ? unknown
        : Known<P, O>
      : unknown
