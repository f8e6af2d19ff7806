/** Who makes a request. Augment it by declaration merging with what your application knows of its users. */
export interface User {
  readonly id: string
  readonly roles: readonly string[]
}

/**
 * One request, as actions, permissions and steps see it: the same object on every driver.
 * Nothing of Express or node:http can be reached from it.
 */
export interface Call<Body = unknown, Query = unknown, Files = unknown> {
  /** The id of the request: the client's, where it sent a well-formed one. */
  readonly id: string
  /** In upper case. */
  readonly method: string
  /** The path as the client sent it, without the query. */
  readonly path: string
  /** The decoded parameters of the route. */
  readonly params: Readonly<Record<string, string>>
  /** Nobody is signed in where it is null. */
  readonly user: User | null
  readonly query: Query
  readonly body: Body
  /** The files that came with it, by the names of their parts, as `upload` of its action declares them. */
  readonly files: Files
  /** A request header, by its name in any case; several lines are joined. */
  header(name: string): string | undefined
  /** The same call with another body, for an override that fills in a value before `super`. */
  with<B>(change: { readonly body: B }): Call<B, Query, Files>
}

/** A call on one row: loaded under the caller's scope, its row rule already passed. */
export interface RowCall<E, Body = unknown, Query = unknown, Files = unknown> extends Call<Body, Query, Files> {
  readonly row: E
  with<B>(change: { readonly body: B }): RowCall<E, B, Query, Files>
}
