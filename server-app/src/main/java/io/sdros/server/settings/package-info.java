/**
 * The environment variables: what each accepts, and the values in force.
 */
package io.sdros.server.settings;
