/**
 * The launcher: it reads the settings, assembles one stream out of the library modules, and serves it.
 *
 * <p>This is the only module that reads the environment, configures logging and owns a {@code main}. What it
 * assembles holds no static state, so several streams could live in one process.
 */
package io.sdros.server;
