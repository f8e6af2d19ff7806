import { setImmediate } from 'node:timers'
import type { QueryRunner } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import { errorKindOf } from '../errors/error-kind.js'
import { type Connected, connectedIn } from './connected.js'
import type { GroupEngine } from './engine.js'
import { GroupMember } from './group-member.js'
import type { Session } from './session.js'
import type { Done } from './turns.js'

/** The most statements of one group. */
const mostMembers = 100
/** The most statements that are sent alone before a group is tried again, where groups find nobody to join them. */
const mostAlone = 64

/** A transaction that several statements share. */
interface Group {
  readonly connection: object
  readonly runner: QueryRunner
  /** In the order in which they were sent. */
  readonly members: GroupMember[]
  /** Ends the turn that the group has. */
  readonly done: Done
}

/** Those of one database in this process: the connections of several data sources wait for each other in the driver. */
const neighbours = new Map<string, Set<GroupCommit>>()

/**
 * Commits statements that write by themselves together where they are sent in one turn of the event loop, so that the disk is
 * waited for once and not by each of them (group commit). Each succeeds or fails by itself, as it would alone, and nobody is told
 * before what was written is committed. Meanwhile the group has the turn of its session: whoever reads waits for it.
 */
export class GroupCommit {
  readonly #session: Session
  readonly #engine: GroupEngine
  /** Whether it ever opens a group; it makes way for others all the same. */
  readonly #isAllowed: boolean
  readonly #file: string | undefined
  readonly #beside: Set<GroupCommit>
  #open: Group | undefined
  /** How many statements this turn of the event loop has sent. */
  #sent = 0
  /** Whether the last turn that sent any sent several: the first of the next is not alone either then. */
  #wereSeveral = false
  /** How many statements are sent alone after a group that nobody has joined, and how many of those are left. */
  #pause = 0
  #left = 0

  constructor(session: Session, engine: GroupEngine, isAllowed: boolean) {
    this.#session = session
    this.#engine = engine
    this.#isAllowed = isAllowed
    this.#file = engine.fileOf(session.runner)
    this.#beside = (this.#file !== undefined && neighbours.get(this.#file)) || new Set()
    this.#beside.add(this)
    if (this.#file !== undefined) neighbours.set(this.#file, this.#beside)
  }

  /** Sends one statement of a driver that answers at once: alone, where no other is sent beside it. */
  write<T>(work: Connected<T>): Awaitable<T> {
    this.makeWay()
    this.#note()
    const group = this.#open ?? this.#begin()
    return group ? this.#join(group, work) : connectedIn(this.#session, work)
  }

  /** Commits what is open beside this one: its lock is let go no sooner, and to wait for that stops the process. */
  makeWay(): void {
    if (this.#beside.size === 1) return
    for (const other of this.#beside) if (other !== this) other.flush()
  }

  /** Commits what is open. */
  flush(): void {
    const group = this.#open
    if (!group) return
    this.#open = undefined
    try {
      this.#commit(group)
    } finally {
      this.#end(group)
    }
  }

  /** Commits what is open for the last time. */
  close(): void {
    this.flush()
    this.#beside.delete(this)
    const isLast = this.#beside.size === 0 && this.#file !== undefined
    // It may have been closed before, and others have opened the file since.
    if (isLast && neighbours.get(this.#file) === this.#beside) neighbours.delete(this.#file)
  }

  /** Counts the statements of this turn of the event loop, at whose end the group is committed. */
  #note(): void {
    this.#sent += 1
    if (this.#sent > 1) return
    setImmediate(() => {
      this.#wereSeveral = this.#sent > 1
      this.#sent = 0
      this.flush()
    })
  }

  /** Opens a group, where others are likely to join it; undefined also where somebody else has the turn. */
  #begin(): Group | undefined {
    const { turns, runner, engine } = this.#session
    const connection = engine.connectionOf?.(runner)
    if (!connection || turns.taken || !this.#isWorthIt() || this.#isBesideWork()) return undefined
    // Somebody has begun a transaction by hand.
    if (this.#engine.isOpen(connection)) return undefined
    const done = turns.take() as Done
    try {
      this.#engine.begin(connection, runner)
    } catch (error) {
      done()
      throw error
    }
    this.#open = { members: [], done, connection, runner }
    return this.#open
  }

  /** Whoever waits for each statement before the next looks like several who send theirs at the same time. */
  #isWorthIt(): boolean {
    if (!this.#isAllowed || (this.#sent === 1 && !this.#wereSeveral)) return false
    if (this.#left === 0) return true
    this.#left -= 1
    return false
  }

  #isBesideWork(): boolean {
    for (const other of this.#beside) if (other !== this && other.#session.turns.taken) return true
    return false
  }

  #join<T>(group: Group, work: Connected<T>): Promise<T> {
    const { connection, runner, members } = group
    return new Promise((resolve, reject) => {
      const send = () => {
        const result = work(connection, runner)
        return () => resolve(result)
      }
      const member = new GroupMember(send, reject)
      members.push(member)
      member.send()
      // Some errors undo everything, also what others have written.
      if (!this.#engine.isOpen(connection)) {
        this.#open = undefined
        sendEach(members.filter((one) => !one.failed))
        this.#end(group)
      } else if (members.length === mostMembers) this.flush()
    })
  }

  #commit({ connection, runner, members }: Group): void {
    try {
      this.#engine.commit(connection, runner)
    } catch (error) {
      const written = members.filter((member) => !member.failed)
      for (const member of written) member.fail(error)
      this.#rollback(connection, runner)
      // Deferred references are looked at by the COMMIT: each is told of its own.
      if (errorKindOf(error) === 'reference') sendEach(written)
    }
  }

  /** Never throws, as nobody would hear it: whatever made it necessary is the error to report. */
  #rollback(connection: object, runner: QueryRunner): void {
    try {
      this.#engine.rollback(connection, runner)
    } catch {}
  }

  #end({ members, done }: Group): void {
    this.#pause = members.length > 1 ? 0 : Math.min(2 * this.#pause || 1, mostAlone)
    this.#left = this.#pause
    for (const member of members) member.settle()
    done()
  }
}

/** Sends what was undone once more, each statement by itself. */
function sendEach(members: readonly GroupMember[]): void {
  for (const member of members) member.send()
}
