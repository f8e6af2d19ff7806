import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { Crud, CrudValidationGroups, Override, ParsedBody, ParsedRequest } from '@dataui/crud'
import { TypeOrmCrudService } from '@dataui/crud-typeorm'
import { Controller, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm'
import { IsInt, IsObject, IsOptional, IsString, Length, Max, Min } from 'class-validator'
import libsql from 'libsql'
import { Column, DeleteDateColumn, Entity, In, PrimaryColumn } from 'typeorm'
import { slugOf } from '../../dist/bench/contenders/input.js'
import { ormOptions } from '../../dist/bench/contenders/orm-options.js'
import { announce, told } from '../../dist/bench/contenders/serve.js'

// Nest 11 with @dataui/crud. Its decorators are applied by hand, because this file is no TypeScript.
const { place } = told()
const { UPDATE } = CrudValidationGroups
const embedded = place.engine === 'sqlite'
const instant = embedded ? 'datetime' : 'timestamptz'

class Article {}

function property(name, type, ...decorators) {
  Reflect.defineMetadata('design:type', type, Article.prototype, name)
  for (const decorate of decorators.toReversed()) decorate(Article.prototype, name)
}

const always = { always: true }
const required = IsOptional({ groups: [UPDATE] })
property('id', String, PrimaryColumn({ type: embedded ? 'varchar' : 'uuid' }))
property('title', String, required, IsString(always), Length(1, 200, always), Column({ type: 'varchar', length: 200 }))
property('slug', String, Column({ type: 'varchar', length: 100 }))
property('body', String, required, IsString(always), Column({ type: 'text' }))
const words = [IsInt(always), Min(0, always), Max(1_000_000, always)]
property('words', Number, required, ...words, Column({ type: 'int' }))
property('categoryId', Number, required, IsInt(always), Min(1, always), Column({ type: 'int' }))
const json = embedded ? 'simple-json' : 'jsonb'
property('metadata', Object, IsOptional(always), IsObject(always), Column({ type: json }))
property('createdAt', Date, Column({ type: instant }))
property('updatedAt', Date, Column({ type: instant }))
property('deletedAt', Date, DeleteDateColumn({ type: instant, nullable: true, select: false }))
Entity('articles')(Article)

class ArticleService extends TypeOrmCrudService {
  find(options) {
    return this.repo.find(options)
  }

  isTaken(slug) {
    return this.repo.existsBy({ slug })
  }
}
Injectable()(ArticleService)
Reflect.defineMetadata('self:paramtypes', [{ index: 0, param: getRepositoryToken(Article) }], ArticleService)
Reflect.defineMetadata('design:paramtypes', [Object], ArticleService)

class ArticleController {
  constructor(service) {
    this.service = service
  }

  async createOne(request, body) {
    const slug = slugOf(body.title)
    return this.createOneBase(request, withDefaults(body, slug, await this.service.isTaken(slug)))
  }

  async createMany(request, { bulk }) {
    const slugs = bulk.map(({ title }) => slugOf(title))
    const found = await this.service.find({ select: { slug: true }, where: { slug: In(slugs) } })
    const taken = new Set(found.map(({ slug }) => slug))
    const rows = bulk.map((body, index) => withDefaults(body, slugs[index], taken.has(slugs[index])))
    return this.createManyBase(request, { bulk: rows })
  }

  async updateOne(request, body) {
    return this.updateOneBase(request, Object.assign(body, { updatedAt: new Date() }))
  }
}

function withDefaults(body, slug, taken) {
  const now = new Date()
  const free = taken ? `${slug}-${randomUUID().slice(0, 8)}` : slug
  return Object.assign(body, { id: randomUUID(), slug: free, createdAt: now, updatedAt: now })
}

for (const name of ['createOne', 'createMany', 'updateOne']) {
  const descriptor = Object.getOwnPropertyDescriptor(ArticleController.prototype, name)
  ParsedRequest()(ArticleController.prototype, name, 0)
  ParsedBody()(ArticleController.prototype, name, 1)
  Override()(ArticleController.prototype, name, descriptor)
}
Reflect.defineMetadata('design:paramtypes', [ArticleService], ArticleController)
Controller('articles')(ArticleController)
Crud({
  model: { type: Article },
  params: { id: { field: 'id', type: 'uuid', primary: true } },
  query: {
    softDelete: true,
    maxLimit: 100,
    limit: 20,
    sort: [
      { field: 'createdAt', order: 'DESC' },
      { field: 'id', order: 'DESC' },
    ],
  },
})(ArticleController)

class AppModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ ...ormOptions(place, libsql), entities: [Article] }),
    TypeOrmModule.forFeature([Article]),
  ],
  providers: [ArticleService],
  controllers: [ArticleController],
})(AppModule)

const app = await NestFactory.create(AppModule, { logger: ['error'] })
app.useBodyParser('json', { limit: '4mb' })
await app.listen(0, '127.0.0.1')
announce(app.getHttpServer().address().port)
