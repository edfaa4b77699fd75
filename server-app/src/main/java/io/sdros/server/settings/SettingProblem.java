package io.sdros.server.settings;

/**
 * One wrong value.
 *
 * @param value as it may be shown: secrets masked
 * @param detail what is wrong in particular; may be empty
 */
public record SettingProblem(String variable, String value, String accepted, String detail) {

    /** @param variable the name the value came under, one of the setting's */
    static SettingProblem of(Setting<?> setting, String variable, String value, String detail) {
        return new SettingProblem(variable, setting.shown(value), setting.type().accepted(), detail);
    }

    /** The line the operator reads. */
    public String line() {
        String more = detail.isEmpty() ? "" : " (" + detail + ")";
        return variable + "=\"" + value + "\": expected " + accepted + more;
    }
}
