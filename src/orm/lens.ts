import type { EntityManager, QueryRunner } from 'typeorm'

/** What builders made through a runner must know; TypeORM hands nothing but the runner on to the ones it makes. */
export interface Lens {
  /** The manager that TypeORM finds at the runner. */
  readonly manager?: EntityManager
  /** Whether the query that the new ones belong to looks behind scopes by TypeORM's `withDeleted`. */
  readonly withDeleted?: boolean
  /** Whether the new ones ask only about rows that query has loaded. */
  readonly held?: boolean
}

const lens = Symbol('lens')

/** The same runner, seen through a lens. */
export function through(runner: QueryRunner, given: Lens): QueryRunner {
  return new Proxy(runner, {
    get(target, key) {
      if (key === lens) return given
      if (key === 'manager' && given.manager) return given.manager
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  })
}

/** The lens a runner is seen through; an empty one where there is none. */
export function lensOf(runner: unknown): Lens {
  return (runner as { readonly [lens]?: Lens } | undefined)?.[lens] ?? {}
}
