# syntax=docker/dockerfile:1

# Debian, not Alpine: it is what the tests run on, and argon2 and PGlite come prebuilt for it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# scripts would make the Prisma client before its schema is here; the build makes it
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

# Without optional packages npm also leaves out the Prisma CLI and TypeScript, which are peers of
# Prisma's client; argon2's prebuilt binary is the one optional package that is needed.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY --from=build /app/node_modules/@node-rs node_modules/@node-rs
# Prisma's client brings its compiler for five databases in two sizes: 57 MB that nothing loads
RUN find node_modules/@prisma/client/runtime -name 'query_compiler_*' \
    ! -name 'query_compiler_fast_bg.postgresql.*' -delete

FROM node:24-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
# a new volume takes over the owner of the folder that it covers
RUN install -d -o node -g node -m 700 /data
COPY --from=packages /app/node_modules node_modules
COPY package.json package-lock.json ./
COPY prisma/migrations prisma/migrations
COPY src/operations/docs/page src/operations/docs/page
COPY src/operations/console/page src/operations/console/page
COPY --from=build /app/dist dist
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# as process 1 and without a shell in between, so that SIGTERM arrives
CMD ["node", "--max-semi-space-size=16", "--enable-source-maps", "dist/service/main.js"]
