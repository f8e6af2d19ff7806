import { adopted, andThen } from '../helpers/awaitable.js'
import { decisionOf, verdictOf } from '../helpers/rule-answer.js'
import { all, any, not } from '../model/predicate.js'
import type { Call } from './call.js'
import type { Decision, Permission, RowTest } from './permission.js'
import { conditionOf, testOf } from './row-where.js'

/** Everybody, also callers who are not signed in. */
export const anyone: Permission<unknown> = Object.freeze({ name: 'anyone', allows: () => true, open: true })

/** Every caller who is signed in. */
export const signedIn: Permission<unknown> = Object.freeze({
  name: 'signedIn',
  allows: ({ user }: Call) => user !== null,
  needsUser: true,
})

/** Callers who have a role. */
export function role(name: string): Permission<unknown> {
  return Object.freeze({
    name: `role(${name})`,
    allows: ({ user }: Call) => user?.roles.includes(name) ?? false,
    needsUser: true,
  })
}

/** A rule about the row an action is for: `rowRule<{ ownerId: string }>('owner', (call, row) => …)`. */
export function rowRule<E>(name: string, test: (call: Call, row: E) => boolean | Promise<boolean>): Permission<E> {
  return Object.freeze({ name, allows: (call: Call) => (row: E) => test(call, row), needsRow: true })
}

/** Whoever either rule allows. */
export function either<A, B>(a: Permission<A>, b: Permission<B>): Permission<A & B> {
  return Object.freeze({
    name: `either(${a.name}, ${b.name})`,
    allows: joined(a, b, true),
    needsRow: Boolean(a.needsRow && b.needsRow),
    open: Boolean(a.open || b.open),
    needsUser: Boolean(a.needsUser && b.needsUser),
  })
}

/** Whoever both rules allow. */
export function both<A, B>(a: Permission<A>, b: Permission<B>): Permission<A & B> {
  return Object.freeze({
    name: `both(${a.name}, ${b.name})`,
    allows: joined(a, b, false),
    needsRow: Boolean(a.needsRow || b.needsRow),
    open: Boolean(a.open && b.open),
    needsUser: Boolean(a.needsUser || b.needsUser),
  })
}

/** Whoever the rule does not allow. */
export function except<E>(permission: Permission<E>): Permission<E> {
  const negated = (decision: Decision<E>): Decision<E> => {
    const sound = sure(permission, decision)
    if (typeof sound === 'boolean') return !sound
    const condition = conditionOf(sound)
    return condition ? testOf(not(condition)) : (row) => andThen(adopted(sound(row)), (allowed) => !allowed)
  }
  return Object.freeze({
    name: `except(${permission.name})`,
    allows: (call: Call) => andThen(adopted(permission.allows(call)), negated),
    needsRow: Boolean(permission.needsRow),
  })
}

/** Asks `a`, then `b`; an answer of `settles` needs no other. */
function joined<A, B>(a: Permission<A>, b: Permission<B>, settles: boolean): Permission<A & B>['allows'] {
  return (call) =>
    andThen(adopted(a.allows(call)), (first) => {
      if (decisionOf(a, first) === settles) return settles
      return andThen(adopted(b.allows(call)), (second) => combined<A & B>(sure(a, first), sure(b, second), settles))
    })
}

/** A decision whose answer about a row is yes or no. */
function sure<E>(permission: Permission<E>, decision: Decision<E>): Decision<E> {
  const sound = decisionOf(permission, decision)
  // A condition answers yes or no.
  if (typeof sound === 'boolean' || conditionOf(sound)) return sound
  return (row) => andThen(adopted(sound(row)), (answer) => verdictOf(permission, answer))
}

function combined<E>(first: Decision<E>, second: Decision<E>, settles: boolean): Decision<E> {
  if (second === settles) return settles
  if (typeof first === 'boolean') return second
  if (typeof second === 'boolean') return first
  const [one, other] = [conditionOf(first), conditionOf(second)]
  if (one && other) return testOf(settles ? any(one, other) : all(one, other))
  const test: RowTest<E> = (row) => andThen(first(row), (answer) => (answer === settles ? settles : second(row)))
  return test
}
