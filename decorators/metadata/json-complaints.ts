import { type FieldError, isStorable, pointerTo } from 'plinth'

const mostComplaints = 20

/**
 * Names that change an object instead of its members where code is careless, and one that TypeORM calls on every value
 * it compares.
 */
const refusedNames = new Set(['__proto__', 'constructor', 'prototype', 'hasOwnProperty'])

/**
 * What keeps a value from being stored as JSON and read again as it was, on every engine. Members that are undefined
 * are left out, so nothing is said of them.
 */
export function jsonComplaints(root: unknown, maxDepth: number): readonly FieldError[] {
  return isSound(root, maxDepth) ? none : complaintsAbout(root, maxDepth)
}

const none: readonly FieldError[] = Object.freeze([])

/** Whether there is nothing to complain about: to know that takes no notes of where things are. */
function isSound(value: unknown, depthLeft: number): boolean {
  const problem = scalarProblem(value)
  if (problem !== 'container') return problem === undefined
  if (depthLeft <= 0) return false
  if (Array.isArray(value)) {
    for (let place = 0; place < value.length; place += 1) if (!isSound(value[place], depthLeft - 1)) return false
    return true
  }
  const members = value as Readonly<Record<string, unknown>>
  for (const name of Object.keys(members)) {
    const member = members[name]
    if (member !== undefined && (isRefused(name) || !isSound(member, depthLeft - 1))) return false
  }
  return true
}

function complaintsAbout(root: unknown, maxDepth: number): readonly FieldError[] {
  const complaints: FieldError[] = []
  /** The names and indexes that lead to what is being visited. */
  const path: (string | number)[] = []
  const complain = (code: string, message: string) => {
    complaints.push({ pointer: pointerTo(...path.map(String)), code, message })
  }
  const visit = (value: unknown): void => {
    if (complaints.length >= mostComplaints) return
    const problem = scalarProblem(value)
    if (problem === 'container') visitMembers(value as object)
    else if (problem) complain(...problem)
  }
  const visitMembers = (container: object): void => {
    if (path.length >= maxDepth) return complain('maxDepth', 'is nested too deeply')
    for (const name of Array.isArray(container) ? container.keys() : Object.keys(container)) {
      const member = (container as Readonly<Record<string | number, unknown>>)[name]
      if (member === undefined && !Array.isArray(container)) continue
      path.push(name)
      if (typeof name === 'string' && isRefused(name)) complain('name', 'has a name that is refused')
      else visit(member)
      path.pop()
    }
  }
  visit(root)
  return complaints
}

type Problem = readonly [code: string, message: string]

function scalarProblem(value: unknown): Problem | 'container' | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined
    case 'string':
      return isStorable(value) ? undefined : ['malformed', 'is malformed']
    case 'number':
      return numberProblem(value)
    case 'object':
      if (value === null) return undefined
      return isContainer(value) ? 'container' : ['json', 'must be JSON, not an instance of a class']
    default:
      return ['json', 'must be JSON']
  }
}

function numberProblem(value: number): Problem | undefined {
  if (!Number.isFinite(value)) return ['number', 'must be a finite number']
  // Drivers give larger ones back as some other number.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? ['integer', 'is too large to be exact'] : undefined
}

function isContainer(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

const isRefused = (name: string): boolean => refusedNames.has(name) || !isStorable(name)
