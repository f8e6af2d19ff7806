import { fileURLToPath } from 'node:url'
import type { Ask, Scenario } from './scenarios.js'
import { crudAsks, ownAsks, writingAsks } from './scenarios.js'

/** A program that serves the articles. */
export interface Contender {
  readonly name: string
  readonly title: string
  readonly program: string
  readonly variant: string
  /** Whether its packages are installed by the benchmark itself. */
  readonly installed: boolean
  /** How it is asked for what it can do. */
  readonly asks: Partial<Readonly<Record<Scenario, Ask>>>
}

const compiled = (file: string): string => fileURLToPath(new URL(`./${file}.js`, import.meta.url))
const script = (file: string): string => fileURLToPath(new URL(`../../../bench/peers/${file}.mjs`, import.meta.url))

const own = { variant: '', installed: false, asks: ownAsks } as const

/** Everything that is compared; the first is what the others are measured by. */
export const contenders: readonly Contender[] = [
  { ...own, name: 'raw', title: 'node:http, statements and JSON by hand', program: compiled('raw') },
  {
    ...own,
    name: 'raw, careful',
    title: 'the same with statements that promise what those of plinth do',
    program: compiled('raw'),
    variant: 'careful',
    asks: writingAsks,
  },
  { ...own, name: 'plinth', title: 'plinth', program: compiled('plinth'), variant: 'plain' },
  {
    ...own,
    name: 'plinth, all layers',
    title: 'plinth: four mixins, a scope, a row rule, a service that lives for one request',
    program: compiled('plinth'),
    variant: 'layers',
  },
  {
    ...own,
    name: 'plinth on Express',
    title: 'plinth on Express 5',
    program: compiled('plinth'),
    variant: 'express',
  },
  {
    ...own,
    name: 'Fastify',
    title: 'Fastify 5 with schemas, statements by hand',
    program: script('fastify'),
    installed: true,
  },
  { ...own, name: 'Express + TypeORM', title: 'Express 5 and TypeORM 1.1', program: compiled('express-typeorm') },
  {
    ...own,
    name: 'routing-controllers + TypeORM',
    title: 'routing-controllers 0.11 and TypeORM 1.1',
    program: compiled('routing-controllers'),
  },
  {
    ...own,
    name: 'Nest + @dataui/crud',
    title: 'Nest 11 and @dataui/crud 5 on TypeORM 0.3',
    program: script('nest-crud'),
    installed: true,
    asks: crudAsks,
  },
]
