import { defineTrait, type Predicate, type View } from 'plinth'

/** Scopes by name: conditions, and functions that make one of what they are given. */
export type ScopeDefinitions = Readonly<Record<string, Predicate | ((...given: never[]) => Predicate)>>

/** The views that scopes become. */
export type ScopeViews<D extends ScopeDefinitions> = {
  readonly [K in keyof D]: D[K] extends (...given: infer A) => Predicate ? (...given: A) => View : View
}

/**
 * Named conditions of an entity, which its repositories get as methods and its selections as views, without a trait:
 *
 *     const ArticleScopes = scopes('ArticleScopes', {
 *       published: eq('status', 'published'),
 *       writtenBy: (author: string) => eq('author', author),
 *     })
 *
 * Above the class stands `@ArticleScopes()`, and `interface Article extends Adds<typeof ArticleScopes> {}` types
 * `articles.published().writtenBy('ann')` and `articles.select().view('writtenBy', 'ann')`. Conditions are made when they
 * are used, so none is older than its query.
 */
export function scopes<const N extends string, D extends ScopeDefinitions>(name: N, definitions: D) {
  const views = Object.fromEntries(
    Object.entries(definitions).map(([scope, condition]) => [scope, viewOf(condition)]),
  ) as ScopeViews<D>
  return defineTrait<{}, {}, {}, {}, ScopeViews<D>, N>({ name, defaults: {}, views: () => views })
}

function viewOf(condition: ScopeDefinitions[string]): View | ((...given: never[]) => View) {
  if (typeof condition !== 'function') return { where: condition }
  return (...given) => ({ where: condition(...given) })
}
