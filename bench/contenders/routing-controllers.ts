import 'reflect-metadata'
import { Type } from 'class-transformer'
import {
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator'
import express, { type ErrorRequestHandler } from 'express'
import {
  Body,
  Delete,
  Get,
  HttpCode,
  HttpError,
  JsonController,
  NotFoundError,
  OnUndefined,
  Param,
  Patch,
  Post,
  QueryParams,
  useExpressServer,
} from 'routing-controllers'
import { OrmStore } from './orm-store.js'
import { serve, told } from './serve.js'

class NewArticle {
  @IsString() @Length(1, 200) title!: string
  @IsString() body!: string
  @IsInt() @Min(0) @Max(1_000_000) words!: number
  @IsInt() @Min(1) categoryId!: number
  @IsOptional() @IsObject() metadata?: Record<string, unknown>
}

class ArticleChange {
  @IsOptional() @IsString() @Length(1, 200) title?: string
  @IsOptional() @IsString() body?: string
  @IsOptional() @IsInt() @Min(0) @Max(1_000_000) words?: number
  @IsOptional() @IsInt() @Min(1) categoryId?: number
  @IsOptional() @IsObject() metadata?: Record<string, unknown>
}

class NewArticles {
  @IsArray() @ValidateNested({ each: true }) @Type(() => NewArticle) items!: NewArticle[]
}

class ArticleIds {
  @IsArray() @IsUUID('all', { each: true }) ids!: string[]
}

const store = await OrmStore.open(told().place)

/** routing-controllers and TypeORM, with bodies transformed and validated as it does unless told. */
@JsonController()
class ArticleController {
  @Get('/articles')
  list(@QueryParams() query: Record<string, string>) {
    return store.list(query)
  }

  @Get('/counted')
  counted(@QueryParams() query: Record<string, string>) {
    return store.counted(query)
  }

  @Get('/cursor')
  after(@QueryParams() query: Record<string, string>) {
    return store.after(query)
  }

  @HttpCode(201)
  @Post('/articles')
  create(@Body() body: NewArticle) {
    return store.create(body)
  }

  @Post('/articles/bulk/create')
  async createAll(@Body({ options: { limit: '4mb' } }) { items }: NewArticles) {
    return { data: await store.createAll(items) }
  }

  @Post('/articles/bulk/delete')
  async removeAll(@Body() { ids }: ArticleIds) {
    return { affected: await store.remove(ids) }
  }

  @Get('/articles/:id')
  async find(@Param('id') id: string) {
    return (await store.find(id)) ?? missing()
  }

  @Patch('/articles/:id')
  async change(@Param('id') id: string, @Body() body: ArticleChange) {
    return (await store.change(id, body)) ?? missing()
  }

  @Delete('/articles/:id')
  @OnUndefined(204)
  async remove(@Param('id') id: string) {
    if ((await store.remove([id])) === 0) missing()
  }
}

function missing(): never {
  throw new NotFoundError()
}

const app = express()
// Its own handler of errors answers and then passes the error on, which makes Express cut the connection.
useExpressServer(app, { controllers: [ArticleController], defaultErrorHandler: false })
const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) next(error)
  else response.status(error instanceof HttpError ? error.httpCode : 500).json({ problem: String(error) })
}
app.use(answerError)
serve(app)
